"""What the status page shows: the nouns of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from smoke.alerts.incident import Incident
from smoke.availability.figures import Availability
from smoke.model import Outcome
from smoke.spans import A_DAY
from smoke.status.charts import Series, by_page, in_order
from smoke.status.days import Day
from smoke.status.standing import Latest, RegionNow, Standing, Status, worst

WINDOWS: Mapping[str, float] = {"24h": A_DAY, "7d": 7 * A_DAY, "30d": 30 * A_DAY, "90d": 90 * A_DAY}
"""Stretches of time up to now of which the availability is told, in seconds; the longest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the last drill of a suite showed."""

    environment: str
    rate: float | None
    """Share of the injected faults that were caught, 0 to 1."""
    tried: int
    survived: int
    unproven: tuple[str, ...]
    """Checks that no fault turned red."""
    finished: float
    """Seconds since the epoch, as every time here."""
    is_current: bool
    """Nothing of the suite's configuration was changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One check in all regions."""

    check_id: str
    title: str
    required: bool
    latest: tuple[Latest, ...]
    """In the order of the regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNow:
    """A suite in an environment that is scheduled."""

    suite: str
    title: str
    environment: str
    schedule: str
    """When it is looked at, in one line."""
    standing: Standing
    regions: tuple[RegionNow, ...]
    windows: tuple[Availability, ...]
    """One for each of WINDOWS."""
    days: tuple[Day, ...]
    series: tuple[Series, ...]
    rows: tuple[Row, ...]

    @property
    def longest(self) -> Availability:
        """Its longest window."""
        return self.windows[-1]

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Those of the longest window, the newest first."""
        return tuple(reversed(self.longest.incidents))

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """Those that are not over."""
        return tuple(each for each in self.incidents if each.closed is None)

    @property
    def timings(self) -> tuple[Series, ...]:
        """Times of answers and pages, those nearest to their budgets first."""
        return in_order([each for each in self.series if not each.is_vital])

    @property
    def vitals(self) -> Mapping[str, tuple[Series, ...]]:
        """Web vitals by page."""
        return by_page(self.series)

    @property
    def key(self) -> str:
        """Names it on its page."""
        return f"{self.suite}-{self.environment}"

    @property
    def told(self) -> str:
        """One text that a monitor can look for."""
        return f"{self.suite}/{self.environment}: {self.standing.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The newest run of a place that no schedule speaks of."""

    suite: str
    environment: str
    point: str
    region: str
    verdict: Outcome
    reason: str
    finished: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that the page shows."""

    at: float
    places: tuple[PlaceNow, ...]
    elsewhere: tuple[Elsewhere, ...]
    proofs: Mapping[str, Proof]
    """By suite."""
    failures: str = ""
    """Where the list of failure pages is, seen from this page; empty: there is none."""

    @property
    def status(self) -> Status:
        """The worst of all places; unknown without any."""
        return worst(each.standing.status for each in self.places)

    @property
    def suites(self) -> Mapping[str, tuple[PlaceNow, ...]]:
        """Its places by suite, in the order of the schedule."""
        ordered = sorted(
            self.places, key=lambda each: list(dict.fromkeys(p.suite for p in self.places)).index(each.suite)
        )
        return {suite: tuple(some) for suite, some in groupby(ordered, key=lambda each: each.suite)}
