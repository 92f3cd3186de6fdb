"""Times in which nobody is told: maintenance and silences, in the zone of whoever wrote them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smoke import spans
from smoke.config.alerts.rule_file import Maintenance, Silence, concerns
from smoke.config.cron_schedule import slots

EVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, in seconds since the epoch: with its beginning, without its end."""

    since: float
    until: float

    def holds(self, since: float, until: float) -> bool:
        """Whether something that lasted from ``since`` to ``until`` touches it."""
        return since < self.until and until >= self.since


def under_maintenance(
    entries: tuple[Maintenance, ...], suite: str, environment: str, since: float, until: float
) -> tuple[Period, ...]:
    """Return the maintenance of a suite in an environment that touches the time from ``since`` to ``until``."""
    return tuple(
        period
        for entry in entries
        if concerns(entry, suite, environment)
        for period in _periods(entry, since, until)
        if period.holds(since, until)
    )


def silenced(entries: tuple[Silence, ...], rule: str, suite: str, environment: str, now: float) -> bool:
    """Tell whether nobody is to be told of ``rule`` now."""
    return any(
        rule in entry.rules and concerns(entry, suite, environment) and _period_of(entry).holds(now, now)
        for entry in entries
    )


def edges(
    maintenance: tuple[Maintenance, ...], silences: tuple[Silence, ...], since: float, until: float
) -> Iterator[float]:
    """Yield when a quiet time begins or ends."""
    periods = [period for entry in maintenance for period in _periods(entry, since, until)]
    for period in (*periods, *map(_period_of, silences)):
        yield from (edge for edge in (period.since, period.until) if since < edge <= until)


def _period_of(entry: Silence) -> Period:
    zone = ZoneInfo(entry.time_zone)
    return Period(_moment(entry.since, zone, fold=0) if entry.since else EVER, _moment(entry.until, zone, fold=1))


def _periods(entry: Maintenance, since: float, until: float) -> Iterator[Period]:
    zone = ZoneInfo(entry.time_zone)
    end = _moment(entry.until, zone, fold=1)
    if entry.since is not None:
        yield Period(_moment(entry.since, zone, fold=0), end)
    if entry.cron is not None and entry.lasts is not None:
        lasts = spans.seconds(entry.lasts)
        for start in slots(entry.cron, entry.time_zone, since - lasts, min(until + 1, end)):
            yield Period(start, start + lasts)


def _moment(written: datetime | date, zone: ZoneInfo, fold: int) -> float:
    """Return the second that local time ``written`` names; of an hour that comes twice, ``fold`` says which one.

    A day ends with its last second. A time in an hour that is skipped is as long after midnight as it says.
    """
    if not isinstance(written, datetime):
        written = datetime.combine(written + timedelta(days=1), time())
    return written.replace(tzinfo=zone, fold=fold).timestamp()
