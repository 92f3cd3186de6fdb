"""Which schedule a run keeps to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smoke.config.cron_schedule import Schedule
from smoke.config.problems import ConfigError
from smoke.config.schedules import schedules_of
from smoke.planning.plan import Plan

DESK = "local"
"""Execution point of runs that no schedule wants."""


@dataclass(frozen=True, slots=True, order=True)
class Aim:
    """What a schedule wants looked at, wherever from: a place at an execution point."""

    suite: str
    environment: str
    point: str

    @classmethod
    def of(cls, planned: Plan) -> Aim:
        """Return that of a plan."""
        return cls(planned.suite.name, planned.environment_name, planned.point_name)


def schedule_of(aim: Aim, region: str, root: Path, say: Callable[[str], None]) -> Schedule | None:
    """Return the schedule that wants a run of ``aim`` in ``region``; None where none does, or it cannot be read."""
    return next((each for each in schedules_for(aim, root, say) if region in each.regions), None)


def schedules_for(aim: Aim, root: Path, say: Callable[[str], None]) -> list[Schedule]:
    """Return the schedules that want runs of ``aim``, from whichever regions; none where they cannot be read."""
    if aim.point == DESK:
        return []
    try:
        schedules = schedules_of(root)
    except ConfigError as error:
        say(f"schedule: {error}")
        return []
    return [each for each in schedules if Aim(each.suite, each.environment, each.point) == aim]
