"""Fetches from a history what rules need, and no more. Pure but for what the history does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from smoke.alerts.past import PasswordFact, Past
from smoke.alerts.scope import interval_of, reach
from smoke.config.alerts.condition import Facts
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.rule_file import concerns
from smoke.config.cron_schedule import Schedule
from smoke.history.facts import CheckFact, Reading, RunFact

A_MOMENT = 1e-3
"""Histories leave the end of a stretch out; a run that has just finished is in."""


class Source(Protocol):
    """A history, as rules need it: what finished in [``since``, ``until``), the newest last."""

    def runs(self, suite: str, environment: str, since: float, until: float) -> tuple[RunFact, ...]:
        """Return the runs of an environment."""

    def checks(self, suite: str, environment: str, since: float, until: float) -> tuple[CheckFact, ...]:
        """Return the checks of these runs."""

    def readings(self, suite: str, environment: str, since: float, until: float, *, name: str) -> tuple[Reading, ...]:
        """Return what was measured under ``name``."""


def gather(
    source: Source,
    rules: Iterable[Rule],
    suite: str,
    environment: str,
    *,
    schedules: Sequence[Schedule],
    passwords: Sequence[PasswordFact],
    since: float,
    now: float,
) -> Past:
    """Return what ``rules`` need to be judged at every moment from ``since`` to ``now``."""
    bare = Past.of(suite, environment, schedules=schedules)
    wanted = [rule for rule in rules if concerns(rule, suite, environment)]
    spans = {rule: reach(rule, interval_of(rule, bare)) for rule in wanted}
    detailed = [rule for rule in wanted if rule.asks.facts in {Facts.CHECKS, Facts.READINGS} or rule.selective]
    place, until = (suite, environment), now + A_MOMENT
    checks: tuple[CheckFact, ...] = ()
    if detailed:
        checks = source.checks(*place, since - max(spans[rule] for rule in detailed), until)
    readings: list[Reading] = []
    for name, span in _names(detailed, spans, {fact.check_id for fact in checks}).items():
        readings += source.readings(*place, since - span, until, name=name)
    return Past.of(
        *place,
        runs=source.runs(*place, since - max(spans.values()), until) if spans else (),
        checks=checks,
        readings=readings,
        passwords=passwords,
        schedules=schedules,
    )


def _names(rules: Iterable[Rule], spans: dict[Rule, float], check_ids: Iterable[str]) -> dict[str, float]:
    """Return the names of the readings that rules need, each with how far back: probes name theirs by their id."""
    found: dict[str, float] = {}
    for rule in rules:
        if (pattern := rule.asks.reading) is None:
            continue
        last = pattern.rpartition(".")[2]
        for name in {pattern, *(f"{check_id}.{last}" for check_id in check_ids)}:
            if fnmatchcase(name, pattern) and "*" not in name:
                found[name] = max(found.get(name, 0), spans[rule])
    return found
