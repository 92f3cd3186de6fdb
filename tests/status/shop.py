"""A small shop that is looked at every half hour, and what its runs said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from smoke.availability.gathering import Expectations
from smoke.config.cron_schedule import Schedule
from smoke.history.opening import history_file
from smoke.history.runs import History
from smoke.judging.judge import combine
from smoke.judging.judged import CheckResult
from smoke.model import Blame, Outcome
from smoke.status.gathering import board
from smoke.status.page import PlaceNow
from smoke.status.sources import Sources
from tests.support.project import a_project
from tests.support.run_builder import a_result, a_run

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
NOW = 1_795_282_500.0
"""2026-11-21 17:35 UTC."""
SLOT = NOW - 5 * MINUTE
SHOP = ("shop", "canary")
REQUIRED = ("health.root", "home.load")
BLAMES = {Outcome.FAIL: Blame.APP_5XX, Outcome.INCONCLUSIVE: Blame.EDGE_BLOCKED}
Said = Mapping[str, Outcome]


def a_shop(root: Path, *regions: str) -> Sources:
    """Its project, scheduled from ``regions``, and an empty history."""
    project = a_project(root)
    schedule = Schedule(
        suite="shop", environment="canary", point="canary-5", cron="*/30 * * * *", regions=regions or ("eu",)
    )
    project.write(
        "config/cron-schedule.yaml",
        f"""\
        schedules:
          - suite: shop
            environment: canary
            point: canary-5
            cron: "*/30 * * * *"
            regions: [{", ".join(schedule.regions)}]
        """,
    )
    return Sources(
        store=history_file(root / "reports/history.db"),
        expected=Expectations(schedules=(schedule,), alerts=None),
        root=root,
        reports=root / "reports",
        now=NOW,
    )


def say(sources: Sources, ended: float, said: Said | None = None, **changes: object) -> None:
    """Record a run that ended at ``ended`` with an outcome for each check; all passed, unless told."""
    outcomes = dict.fromkeys(REQUIRED, Outcome.PASS) if said is None else said
    results = [_result(check, outcome) for check, outcome in outcomes.items()]
    about = {
        "suite": SHOP[0],
        "environment": SHOP[1],
        "execution_point": "canary-5",
        "region": "eu",
        "run_id": f"{changes.get('region', 'eu')}-{ended}-{len(results)}",
        "verdict": combine([*outcomes.values()]),
        "started": ended - 12,
        "finished": ended,
        **changes,
    }
    History(sources.store).record(a_run(*results, **about))


def _result(check: str, outcome: Outcome) -> CheckResult:
    return replace(a_result(check_id=check, outcome=outcome), blame=BLAMES.get(outcome))


def shown(sources: Sources) -> PlaceNow:
    """What the page says of the shop."""
    return next(place for place in board(sources).places)
