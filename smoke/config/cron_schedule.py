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

from annotated_types import Ge, Len

from smoke.spans import A_DAY
from smoke.strict import Checked, Strict, Text, check_each, check_variable

LOOKED_AT = 200
"""Slots from which the longest gap of a schedule is read: over eight days of an hourly one."""
EPOCH_OF_GAPS = 1767225600.0
LONGEST_EARLY = 60.0
CHANGE_OF_CLOCKS = 7200.0
DAYS_KNOWN = 4096


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


Zone = Annotated[Text, Checked(check_zone)]
"""Name of a time zone."""
Cron = Annotated[Text, Checked(check_cron)]
"""A line of cron with five fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Strict):
    """A suite that is run again and again."""

    suite: Text
    """Name of the suite."""
    environment: Text
    """Environment of it."""
    cron: Cron
    """Five fields: minute, hour, day of the month, month, day of the week."""
    time_zone: Zone = "UTC"
    """Zone in which the fields are meant, such as ``Europe/Berlin``."""
    regions: Annotated[tuple[Text, ...], Len(1)] = ("local",)
    """Where it runs from; each region has every slot."""
    point: Text = "scheduled"
    """Execution point of its runs."""
    checks: tuple[Text, ...] = ()
    """What its runs are narrowed down to, as with ``--check``; none: to nothing. A run that sees less is the desk's."""
    down_regions: Annotated[int, Ge(1)] | None = None
    """In so many regions it must be down to count as down, in fewer it is degraded; none: in more than half."""
    heartbeat: Text | None = None
    """Environment variable that holds the address which its runs ping; none: SMOKE_HEARTBEAT_URL."""

    def __post_init__(self) -> None:
        check_each(
            [
                (("down_regions",), self._check_regions),
                *([(("heartbeat",), partial(check_variable, self.heartbeat))] if self.heartbeat else []),
            ]
        )

    def _check_regions(self) -> None:
        if (self.down_regions or 0) > len(self.regions):
            raise ValueError(f"{self.down_regions} of {len(self.regions)} can never be down; write at most as many")

    def slots(self, since: float, until: float) -> tuple[float, ...]:
        """When it is expected to start, from ``since`` to before ``until``; seconds since the epoch, rising."""
        return slots(self.cron, self.time_zone, since, until)

    @property
    def interval(self) -> float:
        """The longest time between two slots, in seconds."""
        return max(_gaps(self.cron, self.time_zone), default=0.0)

    @property
    def pace(self) -> float:
        """The usual time between two slots, in seconds: nights and weekends without any do not stretch it."""
        gaps = sorted(_gaps(self.cron, self.time_zone) or (A_DAY,))
        return gaps[len(gaps) // 2]

    @property
    def early(self) -> float:
        """A run that starts so many seconds before a slot answers it already: clocks differ."""
        return min(LONGEST_EARLY, self.pace / 4)

    def latest(self, start: float) -> float | None:
        """Return the slot that a run which starts at ``start`` answers; None: there was none lately."""
        until = start + self.early
        # From before a change of clocks on: cron knows of an hour that comes twice only where it saw both.
        near = _slots(self.cron, self.time_zone, until - self.interval - CHANGE_OF_CLOCKS)
        return max(takewhile(lambda slot: slot <= until, near), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronScheduleFile(Strict):
    """cron-schedule.yaml: what runs when."""

    schedules: tuple[Schedule, ...] = ()
    """What is run again and again."""


def slots(cron: str, time_zone: str, since: float, until: float) -> tuple[float, ...]:
    """Return the times of ``cron`` in ``time_zone`` from ``since`` to before ``until``; seconds since the epoch."""
    days = range(int(since // A_DAY), int(until // A_DAY) + 1)
    return tuple(slot for day in days for slot in _of_day(cron, time_zone, day) if since <= slot < until)


@lru_cache(DAYS_KNOWN)
def _of_day(cron: str, time_zone: str, day: int) -> tuple[float, ...]:
    """Return the slots of a day of UTC, which is counted from the epoch: cron is walked minute by minute only once.

    Where all days are alike, it is walked for the first of them only: 90 days of a run a minute would take seconds.
    """
    if day != 0 and time_zone == "UTC" and cron.split()[2:] == ["*", "*", "*"]:
        return tuple(slot + day * A_DAY for slot in _of_day(cron, time_zone, 0))
    return tuple(takewhile(lambda slot: slot < (day + 1) * A_DAY, _slots(cron, time_zone, day * A_DAY)))


def _slots(cron: str, time_zone: str, since: float) -> Iterator[float]:
    from cronsim import CronSim

    start = datetime.fromtimestamp(since - 1e-6, zoneinfo.ZoneInfo(time_zone))
    return (slot.timestamp() for slot in CronSim(cron, start))


@lru_cache
def _gaps(cron: str, time_zone: str) -> tuple[float, ...]:
    found = [slot for slot, _ in zip(_slots(cron, time_zone, EPOCH_OF_GAPS), range(LOOKED_AT), strict=False)]
    return tuple(later - earlier for earlier, later in pairwise(found))
