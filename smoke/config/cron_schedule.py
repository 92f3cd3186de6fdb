"""The shape of cron-schedule.yaml: when which suite is expected to run, and the slots that follow from it.

Times follow cron as Debian has it, across changes of daylight saving too: a job at a fixed hour that falls into the
skipped hour runs right after it, one in the repeated hour runs once.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import pairwise, takewhile
from typing import Annotated

from annotated_types import Len

from smoke.config.strict import Strict, check_each

Text = Annotated[str, Len(1)]
LOOKED_AT = 200
"""Slots from which the longest gap of a schedule is read: over eight days of an hourly one."""
EPOCH_OF_GAPS = 1767225600.0
A_DAY = 86400.0
DAYS_KNOWN = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Strict):
    """A suite that is run again and again."""

    suite: Text
    """Name of the suite."""
    environment: Text
    """Environment of it."""
    cron: Text
    """Five fields: minute, hour, day of the month, month, day of the week."""
    time_zone: Text = "UTC"
    """Zone in which the fields are meant, such as ``Europe/Berlin``."""
    regions: Annotated[tuple[Text, ...], Len(1)] = ("local",)
    """Where it runs from; each region has every slot."""
    point: Text = "scheduled"
    """Execution point of its runs."""

    def __post_init__(self) -> None:
        check_each([(("time_zone",), partial(check_zone, self.time_zone)), (("cron",), partial(check_cron, self.cron))])

    def slots(self, since: float, until: float) -> tuple[float, ...]:
        """When it is expected to start, from ``since`` to before ``until``; seconds since the epoch, rising."""
        return slots(self.cron, self.time_zone, since, until)

    @property
    def interval(self) -> float:
        """The longest time between two slots, in seconds."""
        return _longest_gap(self.cron, self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronScheduleFile(Strict):
    """cron-schedule.yaml: what runs when."""

    schedules: tuple[Schedule, ...] = ()
    """What is run again and again."""


def check_zone(name: str) -> None:
    """Raise ValueError unless ``name`` is a time zone."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; it is UTC, or an area and a city: Europe/Berlin") from None


def check_cron(text: str) -> None:
    """Raise ValueError unless ``text`` is a line of cron with five fields."""
    from cronsim import CronSim, CronSimError

    if len(text.split()) != 5:
        raise ValueError(f"cron has five fields, minute to day of the week, such as '*/30 * * * *'; got {text!r}")
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"{text!r} is no time of cron: {str(error) or 'it never comes'}") from None


def slots(cron: str, time_zone: str, since: float, until: float) -> tuple[float, ...]:
    """Return the times of ``cron`` in ``time_zone`` from ``since`` to before ``until``; seconds since the epoch."""
    days = range(int(since // A_DAY), int(until // A_DAY) + 1)
    return tuple(slot for day in days for slot in _of_day(cron, time_zone, day) if since <= slot < until)


@lru_cache(DAYS_KNOWN)
def _of_day(cron: str, time_zone: str, day: int) -> tuple[float, ...]:
    """Return the slots of a day of UTC, which is counted from the epoch: cron is walked minute by minute only once."""
    return tuple(takewhile(lambda slot: slot < (day + 1) * A_DAY, _slots(cron, time_zone, day * A_DAY)))


def _slots(cron: str, time_zone: str, since: float) -> Iterator[float]:
    from cronsim import CronSim

    start = datetime.fromtimestamp(since - 1e-6, zoneinfo.ZoneInfo(time_zone))
    return (slot.timestamp() for slot in CronSim(cron, start))


@lru_cache
def _longest_gap(cron: str, time_zone: str) -> float:
    found = [slot for slot, _ in zip(_slots(cron, time_zone, EPOCH_OF_GAPS), range(LOOKED_AT), strict=False)]
    return max((later - earlier for earlier, later in pairwise(found)), default=0.0)
