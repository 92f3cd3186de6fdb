"""What each run saw of the subject of a rule: good, bad, or nothing that could be judged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TypeVar, assert_never

from smoke import moments
from smoke.alerts import values
from smoke.alerts.past import Past, Series
from smoke.alerts.scope import checks_of, counted, in_category, watches_check
from smoke.alerts.subject import Subject
from smoke.config.alerts.condition import Facts, Measure
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.rule_file import Maintenance
from smoke.history.facts import CheckFact, Reading, RunFact
from smoke.model import Outcome
from smoke.timeline.quiet import under_maintenance

T = TypeVar("T", CheckFact, Reading)
SHOWN = 3


class Impression(Enum):
    """What a look says; UNKNOWN: nothing of the application."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One run's view of a subject."""

    run_id: str
    at: float
    """When the run finished."""
    region: str
    state: Impression
    values: tuple[float, ...]
    """What measures are computed from: 1 and 0 for good and bad, or readings."""
    said: str

    @property
    def line(self) -> str:
        """It as evidence, in one line."""
        return f"{moments.second(self.at)} {self.region}: {self.said}"


def impression_of(outcome: Outcome) -> Impression:
    """Return what an outcome, or a verdict, says of the application."""
    match outcome:
        case Outcome.PASS | Outcome.FLAKY:
            return Impression.GOOD
        case Outcome.FAIL:
            return Impression.BAD
        case Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return Impression.UNKNOWN
        case _:
            assert_never(outcome)


def looks(
    rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], since: float, now: float
) -> Sequence[Look]:
    """Return the looks at ``subject`` after ``since`` up to ``now``, the newest last; none from under maintenance."""
    key = (rule, subject, maintenance)
    if key not in past.memo:
        past.memo[key] = Series(_all(rule, subject, past, maintenance), lambda look: look.at)
    found: Series[Look] = past.memo[key]
    return found.within(since, now)


def _all(rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...]) -> list[Look]:
    if not past.runs:
        return []
    since, now = past.runs[0].finished - 1, past.runs[-1].finished
    quiet = under_maintenance(maintenance, past.suite, past.environment, past.runs[0].started, now)
    runs = {run.run_id: run for run in counted(rule, subject, past, quiet, since, now)}
    match rule.asks.facts:
        case Facts.LOOKS if not rule.selective:
            return [_of_run(rule, run) for run in runs.values()]
        case Facts.LOOKS | Facts.CHECKS:
            facts = _by_run(runs, _checks(rule, subject, past, since, now))
            return [_of_checks(rule, runs[run_id], found) for run_id, found in facts]
        case Facts.READINGS:
            taken = _by_run(runs, _readings(rule, subject, past, since, now))
            return [_of_readings(rule, runs[run_id], found) for run_id, found in taken]
        case Facts.ACCOUNTS | Facts.SLOTS:
            return []
        case _:
            assert_never(rule.asks.facts)


def _checks(rule: Rule, subject: Subject, past: Past, since: float, now: float) -> Iterator[CheckFact]:
    for check_id in [subject.check] if subject.check else checks_of(rule, past, since, now):
        if series := past.checks_by_id.get(check_id):
            yield from (fact for fact in series.within(since, now) if in_category(rule, fact))


def _readings(rule: Rule, subject: Subject, past: Past, since: float, now: float) -> Iterator[Reading]:
    """Yield readings of checks that could be judged: what a check took that was not, says nothing."""
    for name, series in past.readings_by_name.items():
        if not fnmatchcase(name, rule.asks.reading or ""):
            continue
        for reading in series.within(since, now):
            fact = past.check_of.get((reading.run_id, reading.check_id))
            if fact is None or impression_of(fact.outcome) is Impression.UNKNOWN or not in_category(rule, fact):
                continue
            if watches_check(rule, reading.check_id) and subject.check in {None, reading.check_id}:
                yield reading


def _by_run(runs: Mapping[str, RunFact], facts: Iterable[T]) -> list[tuple[str, list[T]]]:
    found: dict[str, list[T]] = {}
    for fact in facts:
        if fact.run_id in runs:
            found.setdefault(fact.run_id, []).append(fact)
    return [(run_id, found[run_id]) for run_id in runs if run_id in found]


def _of_run(rule: Rule, run: RunFact) -> Look:
    state = _as_asked(rule, impression_of(run.verdict))
    why = f" ({run.failed_category})" if run.failed_category else ""
    return _look(run, state, (float(state is Impression.GOOD),), f"{run.verdict}{why}")


def _of_checks(rule: Rule, run: RunFact, facts: Sequence[CheckFact]) -> Look:
    states = [impression_of(fact.outcome) for fact in facts]
    judged = tuple(float(state is Impression.BAD) for state in states if state is not Impression.UNKNOWN)
    bad = [fact for fact in facts if impression_of(fact.outcome) is Impression.BAD]
    shown = bad or [fact for fact in facts if impression_of(fact.outcome) is Impression.UNKNOWN] or facts[:1]
    said = ", ".join(
        f"{fact.check_id} {fact.outcome}{f' {fact.blame}' if fact.blame else ''}" for fact in shown[:SHOWN]
    )
    if rule.asks.facts is Facts.CHECKS:
        return _look(run, _beyond(rule, judged), judged, said)
    state = Impression.BAD if bad else Impression.GOOD if judged else Impression.UNKNOWN
    state = _as_asked(rule, state)
    return _look(run, state, (float(state is Impression.GOOD),), said)


def _of_readings(rule: Rule, run: RunFact, readings: Sequence[Reading]) -> Look:
    taken = tuple(reading.value for reading in readings)
    worst = sorted(readings, key=lambda reading: reading.value, reverse=rule.asks.comparison.startswith(">"))
    said = ", ".join(f"{each.name} {each.value:g} {each.unit}" for each in worst[:SHOWN])
    return _look(run, _beyond(rule, taken), taken, said)


def _beyond(rule: Rule, taken: Sequence[float]) -> Impression:
    if not taken:
        return Impression.UNKNOWN
    return Impression.BAD if rule.asks.holds(values.over(rule.asks.measure, taken)) else Impression.GOOD


def _as_asked(rule: Rule, state: Impression) -> Impression:
    """Where a rule asks whether we can see at all, a look that could not be judged is the bad one."""
    if rule.asks.measure is not Measure.INCONCLUSIVE_STREAK:
        return state
    return Impression.BAD if state is Impression.UNKNOWN else Impression.GOOD


def _look(run: RunFact, state: Impression, taken: tuple[float, ...], said: str) -> Look:
    return Look(
        run_id=run.run_id,
        at=run.finished,
        region=run.region,
        state=state,
        values=taken,
        said=said,
    )


def failing_regions(judged: Sequence[Look], bad: Sequence[bool]) -> int:
    """Return in how many regions the newest look is bad."""
    return sum({look.region: each for look, each in zip(judged, bad, strict=True)}.values())
