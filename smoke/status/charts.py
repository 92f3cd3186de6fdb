"""Percentiles, day by day, as lines of a drawing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from smoke.history.facts import DayPercentiles
from smoke.observation import Unit
from smoke.percentiles import percentile

WIDTH, HEIGHT = 270, 64
HEADROOM = 1.1
COMMON = 95
"""Days worse than that share of all do not stretch the drawing: they touch its top."""
VITALS = ("ttfb_ms", "fcp_ms", "lcp_ms", "cls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A measurement over days."""

    name: str
    unit: Unit
    budget: float | None
    """As the newest run had it."""
    first: date
    """Day at the left edge, whether or not anything was measured on it."""
    last: date
    """Day at the right edge."""
    days: tuple[DayPercentiles, ...]
    """Those on which anything was measured, the oldest first; at least one."""

    @property
    def newest(self) -> DayPercentiles:
        """The last day on which anything was measured."""
        return self.days[-1]

    @property
    def strain(self) -> float:
        """The newest 95th percentile as a share of the budget; 0 without one."""
        return self.newest.p95 / self.budget if self.budget else 0.0

    @property
    def is_vital(self) -> bool:
        """Whether it is a web vital of a page."""
        return self.name.rpartition(".")[2] in VITALS

    @property
    def top(self) -> float:
        """The value at the upper edge."""
        usual = percentile(sorted(each.p95 for each in self.days), COMMON)
        return max(usual, self.budget or 0.0) * HEADROOM or 1.0

    @property
    def budget_at(self) -> int | None:
        """How far below the upper edge the budget is."""
        return None if self.budget is None else self._y(self.budget)

    @property
    def p50(self) -> str:
        """The line of the median, as SVG writes paths."""
        return self._path((each.day, each.p50) for each in self.days)

    @property
    def p95(self) -> str:
        """The line of the 95th percentile."""
        return self._path((each.day, each.p95) for each in self.days)

    def _path(self, points: Iterable[tuple[date, float]]) -> str:
        """Write a line that is broken where a day is missing: where it begins, and steps from there."""
        found, before = list[str](), None
        for day, value in points:
            x, y = self._x(day), self._y(value)
            if before is None or (day - before[2]).days > 1:
                found.append(f"M{x} {y}l1 0")
                x += 1
            else:
                step = y - before[1]
                found.append(f" {x - before[0]}{step}" if step < 0 else f" {x - before[0]} {step}")
            before = x, y, day
        return "".join(found)

    def _x(self, day: date) -> int:
        return round(WIDTH * (day - self.first).days / max(1, (self.last - self.first).days))

    def _y(self, value: float) -> int:
        return HEIGHT - round(HEIGHT * min(1.0, value / self.top))


def is_drawn(name: str, unit: Unit, budget: float | None) -> bool:
    """Tell whether a measurement is worth a drawing: web vitals, whole answers and loads, and what has a budget."""
    last = name.rpartition(".")[2]
    return last in VITALS or (unit is Unit.MS and (budget is not None or last in {"total_ms", "load_ms"}))


def in_order(series: Sequence[Series]) -> tuple[Series, ...]:
    """Return ``series`` with those first that are nearest to their budgets."""
    return tuple(sorted(series, key=lambda each: (-each.strain, each.name)))


def by_page(series: Iterable[Series]) -> Mapping[str, tuple[Series, ...]]:
    """Return the web vitals among ``series`` by what was loaded, in the order in which they happen."""
    found: dict[str, list[Series]] = {}
    for each in sorted(series, key=lambda each: each.name):
        if each.is_vital:
            found.setdefault(each.name.rpartition(".")[0], []).append(each)
    return {
        page: tuple(sorted(some, key=lambda each: VITALS.index(each.name.rpartition(".")[2])))
        for page, some in found.items()
    }
