"""Which schedule a run keeps to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smoke.config.cron_schedule import Schedule
from smoke.config.problems import ConfigError
from smoke.config.schedules import schedules_of

DESK = "local"
"""Execution point of runs that no schedule wants."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a schedule is about, wherever it runs from."""

    suite: str
    environment: str
    point: str


def schedule_of(place: Place, region: str, root: Path, say: Callable[[str], None]) -> Schedule | None:
    """Return the schedule that wants a run of ``place`` in ``region``; None where none does, or it cannot be read."""
    return next((each for each in schedules_for(place, root, say) if region in each.regions), None)


def schedules_for(place: Place, root: Path, say: Callable[[str], None]) -> list[Schedule]:
    """Return the schedules that want runs of ``place``, from whichever regions; none where they cannot be read."""
    if place.point == DESK:
        return []
    try:
        schedules = schedules_of(root)
    except ConfigError as error:
        say(f"schedule: {error}")
        return []
    return [each for each in schedules if Place(each.suite, each.environment, each.point) == place]
