"""The figures of an availability: what history, status page and alerts say of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.alerts.incident import Incident
from smoke.model import Severity
from smoke.timeline.states import Span
from smoke.timeline.times import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How well the schedule was kept to, all regions together."""

    expected: int
    missed: int
    drift_p50: float | None
    """Seconds from a slot to the start of its run, by nearest rank; None where none has started."""
    drift_p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """How fast incidents of a severity were found and were over; means, in seconds."""

    severity: Severity
    incidents: int
    open: int
    """Not over yet."""
    detect: float | None
    """From the first bad look to the opening (MTTD); None where none was opened in this time."""
    recover: float | None
    """From the first bad look to the recovery (MTTR); None where none recovered in this time."""
    target: float | None
    """MTTR that the severity asks for; None where no rules say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How a suite's environment was in [``since``, ``until``), seconds since the epoch."""

    suite: str
    environment: str
    since: float
    until: float
    regions: tuple[str, ...]
    """Those that count."""
    silent: tuple[str, ...]
    """Scheduled regions of which nothing is known in all this time: left out, unless no region is known."""
    needed: int
    """In so many regions it must be down to be down."""
    spans: tuple[Span, ...]
    """Its states, one after the other, without a gap."""
    times: Times
    slots: Slots
    recoveries: tuple[Recovery, ...]
    """Of the severities that had an incident."""
    incidents: tuple[Incident, ...]
    """Those that were open at some moment of it, the oldest first."""
