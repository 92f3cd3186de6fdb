"""Finds what alert-rules.yaml and cron-schedule.yaml name and nothing bears: suites, checks, runbooks and others.

A rule for what does not exist would be silent for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from smoke.config.alerts.alerting import Alerting
from smoke.config.alerts.runbooks import lost_runbooks
from smoke.config.cron_schedule import CronScheduleFile, Schedule
from smoke.config.load import Document
from smoke.config.problems import Problem
from smoke.config.source import Source
from smoke.config.suite import Suite
from smoke.known import unknown
from smoke.model import covers
from smoke.strict import Key

Named = tuple[Key, str, str]
"""Where a name stands, of what it is one, and the name."""


def unknown_in_rules(root: Path, found: Alerting, suites: Sequence[Suite]) -> Iterator[Problem]:
    """Yield every suite, environment, execution point, region and check that does not exist, and every lost runbook."""
    regions = sorted({region for each in found.schedules for region in each.regions})
    yield from _unknown(found.rules.source, _in_rules(found), _names(suites) | {"region": regions})
    named = ((("rules", at), each.suites, each.checks) for at, each in enumerate(found.book.rules))
    yield from _checks(found.rules.source, named, suites)
    yield from (found.rules.source.problem(*each) for each in lost_runbooks(found.book.rules, root))


def unknown_in_schedules(found: Document[CronScheduleFile], suites: Sequence[Suite]) -> Iterator[Problem]:
    """Yield every suite, environment, execution point and check that is to run and does not exist."""
    schedules = found.content.schedules
    yield from _unknown(found.source, _in_schedules(schedules), _names(suites))
    named = ((("schedules", at), (each.suite,), each.checks) for at, each in enumerate(schedules))
    yield from _checks(found.source, named, suites)


def _names(suites: Sequence[Suite]) -> dict[str, list[str]]:
    return {
        "suite": [suite.name for suite in suites],
        "environment": sorted({name for suite in suites for name in suite.about.environments}),
        "execution point": list(suites[0].points),
    }


def _unknown(source: Source, named: Iterable[Named], names: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    for key, kind, name in named:
        if name not in names[kind]:
            yield source.problem(key, unknown(kind, name, names[kind]))


def ended(found: Alerting, today: date) -> Iterator[Problem]:
    """Yield the maintenance and the silences whose end has passed."""
    book = found.book
    ends: list[tuple[Key, datetime | date, str]] = [
        *((("maintenance", index), each.until, each.owner) for index, each in enumerate(book.maintenance)),
        *((("silences", index), each.until, each.owner) for index, each in enumerate(book.silences)),
    ]
    for key, until, owner in ends:
        day = until.date() if isinstance(until, datetime) else until
        if day < today:
            text = f"ended on {day} and does nothing any more: remove it, or have {owner} set a new end"
            yield found.rules.source.problem(key, text)


def _in_rules(found: Alerting) -> Iterator[Named]:
    book = found.book
    for index, rule in enumerate(book.rules):
        at: Key = ("rules", index)
        yield from _each((*at, "suites"), "suite", rule.suites)
        yield from _each((*at, "environments"), "environment", rule.environments)
        yield from _each((*at, "points"), "execution point", rule.points)
        yield from _each((*at, "regions"), "region", rule.regions)
    for index, maintenance in enumerate(book.maintenance):
        yield from _each(("maintenance", index, "suites"), "suite", maintenance.suites)
        yield from _each(("maintenance", index, "environments"), "environment", maintenance.environments)
    for index, silence in enumerate(book.silences):
        yield from _each(("silences", index, "suites"), "suite", silence.suites)
        yield from _each(("silences", index, "environments"), "environment", silence.environments)


def _in_schedules(schedules: Sequence[Schedule]) -> Iterator[Named]:
    for index, schedule in enumerate(schedules):
        at: Key = ("schedules", index)
        yield (*at, "suite"), "suite", schedule.suite
        yield (*at, "environment"), "environment", schedule.environment
        yield (*at, "point"), "execution point", schedule.point


def _each(key: Key, kind: str, names: Iterable[str]) -> Iterator[Named]:
    yield from (((*key, index), kind, name) for index, name in enumerate(names))


def _checks(
    source: Source, named: Iterable[tuple[Key, Sequence[str], Sequence[str]]], suites: Sequence[Suite]
) -> Iterator[Problem]:
    for key, of, checks in named:
        ids = [check.id for suite in suites if suite.name in (of or (suite.name,)) for check in suite.checks]
        for number, wanted in enumerate(checks):
            if not any(covers(wanted, check_id) for check_id in ids):
                yield source.problem((*key, "checks", number), unknown("check", wanted, ids))
