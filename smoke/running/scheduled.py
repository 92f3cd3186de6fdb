"""Which schedule a run keeps to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smoke.config.cron_schedule import Schedule
from smoke.config.problems import ConfigError
from smoke.config.schedules import schedules_of
from smoke.plan import Plan

DESK = "local"
"""Execution point of runs that no schedule wants."""


def schedule_of(planned: Plan, region: str, root: Path, say: Callable[[str], None]) -> Schedule | None:
    """Return the schedule that wants ``planned`` in ``region``; None where there is none, or it cannot be read."""
    if planned.point_name == DESK:
        return None
    try:
        schedules = schedules_of(root)
    except ConfigError as error:
        say(f"schedule: {error}")
        return None
    wanted = (planned.suite.name, planned.environment_name, planned.point_name)
    found = (each for each in schedules if (each.suite, each.environment, each.point) == wanted)
    return next((each for each in found if region in each.regions), None)
