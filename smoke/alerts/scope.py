"""Which runs and checks a rule looks at, and how far back. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smoke.alerts.past import Past
from smoke.alerts.subject import Subject
from smoke.config.alerts.condition import Facts
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.windows import watches
from smoke.config.cron_schedule import Schedule
from smoke.history.facts import CheckFact, RunFact
from smoke.model import covers
from smoke.spans import A_DAY
from smoke.timeline.quiet import Period

A_WEEK = 7 * A_DAY


def schedules_of(rule: Rule, past: Past) -> list[Schedule]:
    """Return the schedules from which the runs come that ``rule`` looks at; none: nothing says it."""
    return [each for each in past.schedules if watches(rule, each)]


def regions_of(rule: Rule, past: Past) -> set[str]:
    """Return the regions from which they come."""
    wanted = {region for each in schedules_of(rule, past) for region in each.regions}
    return wanted & set(rule.regions) if rule.regions else wanted


def interval_of(rule: Rule, past: Past) -> float:
    """Return how many seconds two runs that ``rule`` looks at are apart: of its cadence, else of the schedule."""
    if rule.apart is not None:
        return rule.apart
    return max((each.interval for each in schedules_of(rule, past)), default=A_DAY)


def reach(rule: Rule, interval: float) -> float:
    """Return how many seconds of the past ``rule`` needs.

    Behind the window it sees as many looks as it takes to open or close; a run may be late by one interval. A region
    that runs no more is missed for a week, so that one which went silent under maintenance is missed after it.
    """
    span = rule.past.seconds if rule.past.looks is None else rule.past.looks * interval
    least = A_WEEK if rule.asks.facts is Facts.SLOTS else 0
    return max(span or 0, least) + (max(rule.open_after, rule.close_after) + 1) * interval


def counted(
    rule: Rule, subject: Subject, past: Past, quiet: Sequence[Period], since: float, now: float
) -> Iterator[RunFact]:
    """Yield the runs that ``rule`` looks at, the newest last."""
    for run in past.all_runs.within(since, now):
        if (
            run.execution_point in (rule.points or (run.execution_point,))
            and run.region in (rule.regions or (run.region,))
            and subject.region in {None, run.region}
            and not any(period.holds(run.started, run.finished) for period in quiet)
        ):
            yield run


def checks_of(rule: Rule, past: Past, since: float, now: float) -> list[str]:
    """Return the checks that ``rule`` watches and that were looked at after ``since``."""
    return [
        check_id
        for check_id, series in past.checks_by_id.items()
        if watches_check(rule, check_id) and any(in_category(rule, fact) for fact in series.within(since, now))
    ]


def watches_check(rule: Rule, check_id: str) -> bool:
    """Tell whether ``rule`` looks at a check."""
    return not rule.checks or any(covers(wanted, check_id) for wanted in rule.checks)


def in_category(rule: Rule, fact: CheckFact) -> bool:
    """Tell whether ``rule`` looks at the category of a check."""
    return fact.category in (rule.categories or (fact.category,))
