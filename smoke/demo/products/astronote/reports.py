"""Dashboards: numbers of the last seven days, with the reports that explain them embedded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One number for each of some days."""

    id: str
    title: str
    unit: str
    days: Sequence[tuple[date, int]]
    """Oldest first."""

    @property
    def total(self) -> int:
        """Of all its days."""
        return sum(value for _, value in self.days)

    @property
    def highest(self) -> int:
        """The largest value of a day."""
        return max(value for _, value in self.days)

    def public(self) -> dict[str, object]:
        """The report as the API answers it."""
        series = [{"day": day.isoformat(), "value": value} for day, value in self.days]
        return {"id": self.id, "title": self.title, "unit": self.unit, "total": self.total, "series": series}


SHOPIFY = (
    ("delivered", "Messages delivered", "messages", 412),
    ("clicks", "Links opened", "clicks", 97),
    ("revenue", "Revenue from campaigns", "EUR", 1180),
)
RETAIL = (
    ("visits", "Visits with a tap", "visits", 168),
    ("joined", "Customers who joined", "customers", 23),
    ("redeemed", "Rewards redeemed", "rewards", 41),
)
"""Id, title, unit and a usual day of each report."""


def reports(kinds: Sequence[tuple[str, str, str, int]], today: date) -> list[Report]:
    """The reports of the week that ends ``today``; the same for the same day."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [
        Report(id=name, title=title, unit=unit, days=[(day, _value(usual, day, number)) for day in days])
        for number, (name, title, unit, usual) in enumerate(kinds)
    ]


def dashboard(found: Sequence[Report], totals: dict[str, int]) -> dict[str, object]:
    """A dashboard as the API answers it: period, totals and embedded reports."""
    first, last = found[0].days[0][0], found[0].days[-1][0]
    return {
        "shop": {"name": "Lumen & Oak", "currency": "EUR"},
        "period": {"from": first.isoformat(), "to": last.isoformat(), "days": DAYS},
        "totals": totals,
        "reports": [report.public() for report in found],
    }


def _value(usual: int, day: date, number: int) -> int:
    weekend = 1.35 if day.weekday() >= 5 else 1.0
    return round(usual * weekend * (1 + 0.24 * math.sin(day.toordinal() * 1.7 + number)))
