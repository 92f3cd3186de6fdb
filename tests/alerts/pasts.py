"""Facts for alert tests, written in a line or two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from smoke.alerts.past import Past
from smoke.config.alerts.alerting import Alerting, alerting
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.history.facts import CheckFact, Reading, RunFact
from smoke.model import Blame, Category, Outcome
from smoke.observation import Unit

ROOT = Path(__file__).parents[2]
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def shipped() -> Alerting:
    """The rules and schedules of this project."""
    found = alerting(ROOT)
    assert found
    return found


def only(book: AlertRulesFile, *names: str, **changes: Any) -> AlertRulesFile:
    """The same book with these rules alone, changed."""
    rules = tuple(replace(rule, **changes) for rule in book.rules if rule.name in names)
    assert len(rules) == len(names)
    return replace(book, rules=rules)


def at(text: str, zone: str = "UTC") -> float:
    """``2026-03-02 10:00`` in ``zone`` as seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def clock(moment: float | None) -> str | None:
    """Seconds since the epoch as ``03-02 10:00:30`` in UTC."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%m-%d %H:%M:%S")


def run(
    finished: float,
    verdict: Outcome = Outcome.PASS,
    *,
    suite: str = "betterprompts",
    environment: str = "production",
    region: str = "us-east-1",
    point: str = "scheduled",
) -> RunFact:
    """A run of half a minute."""
    return RunFact(
        run_id=f"{suite}-{environment}-{point}-{region}-{finished:.3f}",
        suite=suite,
        environment=environment,
        region=region,
        execution_point=point,
        started=finished - 30,
        finished=finished,
        verdict=verdict,
        passed=verdict in {Outcome.PASS, Outcome.FLAKY},
        failed_category=Category.API_HEALTH if verdict is Outcome.FAIL else None,
    )


def check(
    of: RunFact, check_id: str, outcome: Outcome = Outcome.PASS, category: Category = Category.API_HEALTH
) -> CheckFact:
    return CheckFact(
        run_id=of.run_id,
        at=of.finished,
        region=of.region,
        check_id=check_id,
        category=category,
        critical=True,
        outcome=outcome,
        blame=Blame.APP_5XX if outcome is Outcome.FAIL else None,
        duration_ms=100,
    )


def reading(of: RunFact, check_id: str, name: str, value: float, unit: Unit = Unit.MS) -> Reading:
    return Reading(
        run_id=of.run_id,
        at=of.finished,
        region=of.region,
        check_id=check_id,
        name=f"{check_id}.{name}",
        value=value,
        unit=unit,
        budget=None,
    )


def past(
    runs: Iterable[RunFact],
    checks: Iterable[CheckFact] = (),
    readings: Iterable[Reading] = (),
    *,
    suite: str = "betterprompts",
    environment: str = "production",
    **more: Any,
) -> Past:
    """The past of one suite under the shipped schedule."""
    more.setdefault("schedules", shipped().schedules)
    return Past.of(suite, environment, runs=runs, checks=checks, readings=readings, **more)


def every(interval: float, start: float, verdicts: str, **more: Any) -> Sequence[RunFact]:
    """Runs at equal distances: P for PASS, F for FAIL, L for FLAKY, I for INCONCLUSIVE, N for NOT_RUN, - for none."""
    return [
        run(start + index * interval, OUTCOMES[letter], **more)
        for index, letter in enumerate(verdicts)
        if letter != "-"
    ]


OUTCOMES = {
    "P": Outcome.PASS,
    "F": Outcome.FAIL,
    "L": Outcome.FLAKY,
    "I": Outcome.INCONCLUSIVE,
    "N": Outcome.NOT_RUN,
}
