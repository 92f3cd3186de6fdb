"""What a rule asks: ``p95(*.total_ms) > 800``, parsed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from smoke import spans
from smoke.known import unknown


class Measure(StrEnum):
    """A number that is read from the history; each says which facts it needs."""

    SUCCESS_RATE = "success_rate"
    """Share of the looks that were PASS or FLAKY, of those that could be judged."""
    ERROR_RATE = "error_rate"
    """Share of single checks that were FAIL, of those that could be judged."""
    FAILURES = "failures"
    """Looks that were FAIL."""
    CONSECUTIVE_FAILURES = "consecutive_failures"
    """FAIL in a row up to the newest look; what could not be judged neither counts nor interrupts."""
    FAILING_REGIONS = "failing_regions"
    """Regions whose newest look was FAIL."""
    INCONCLUSIVE_STREAK = "inconclusive_streak"
    """Looks in a row, up to the newest, that could not be judged."""
    AVAILABILITY = "availability"
    """Share of the known time in which it was up or degraded: see smoke.availability."""
    MEAN = "mean"
    MEDIAN = "median"
    P95 = "p95"
    MAX = "max"
    MIN = "min"
    PASSWORD_AGE = "password_age"  # noqa: S105
    """Days since the password of an account was changed."""
    MISSED_SLOTS = "missed_slots"
    """Times of the schedule, past the rule's grace, that no run has answered."""


class Facts(StrEnum):
    """What a measure is read from."""

    LOOKS = "looks"
    CHECKS = "checks"
    READINGS = "readings"
    ACCOUNTS = "accounts"
    SLOTS = "slots"


def facts_of(measure: Measure) -> Facts:
    """Return what ``measure`` is read from."""
    match measure:
        case (
            Measure.SUCCESS_RATE | Measure.FAILURES | Measure.CONSECUTIVE_FAILURES | Measure.FAILING_REGIONS
            | Measure.INCONCLUSIVE_STREAK | Measure.AVAILABILITY
        ):  # fmt: skip
            return Facts.LOOKS
        case Measure.ERROR_RATE:
            return Facts.CHECKS
        case Measure.MEAN | Measure.MEDIAN | Measure.P95 | Measure.MAX | Measure.MIN:
            return Facts.READINGS
        case Measure.PASSWORD_AGE:
            return Facts.ACCOUNTS
        case Measure.MISSED_SLOTS:
            return Facts.SLOTS
        case _:
            assert_never(measure)


COUNTS = {Measure.FAILURES, Measure.CONSECUTIVE_FAILURES, Measure.INCONCLUSIVE_STREAK}
"""Measures whose threshold is a number of looks: the window must have room for as many."""
SHARES = {Measure.SUCCESS_RATE, Measure.ERROR_RATE, Measure.AVAILABILITY}
WRITTEN = re.compile(r"\s*(\w+)\s*(?:\(([^()]+)\))?\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*(%|ms|days?|d)?\s*")
A_CONDITION = (
    "a condition is a measure, one of < <= > >=, and a number, such as 'success_rate < 0.9',"
    " 'consecutive_failures >= 3' or 'p95(*.total_ms) > 800'"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A measure, and the value from which it is bad."""

    measure: Measure
    reading: str | None
    """Which readings, as a pattern of their names; for measures of readings only."""
    comparison: str
    """``<``, ``<=``, ``>`` or ``>=``."""
    threshold: float

    def holds(self, value: float) -> bool:
        """Whether ``value`` is bad."""
        return self.beyond(value, self.threshold)

    def beyond(self, value: float, threshold: float) -> bool:
        """Whether ``value`` is on the bad side of ``threshold``."""
        match self.comparison:
            case "<":
                return value < threshold
            case "<=":
                return value <= threshold
            case ">":
                return value > threshold
            case _:
                return value >= threshold

    @property
    def facts(self) -> Facts:
        """What it is read from."""
        return facts_of(self.measure)

    def shown(self, value: float) -> str:
        """Write a value of it for people."""
        return f"{value:.2%}" if self.measure in SHARES else f"{value:g}" if value < 10 else f"{value:.0f}"

    def __str__(self) -> str:
        of = f"({self.reading})" if self.reading else ""
        return f"{self.measure}{of} {self.comparison} {self.shown(self.threshold)}"


def parse(text: str) -> Condition:
    """Read a condition; raises ValueError with what is wrong and the way out."""
    if (found := WRITTEN.fullmatch(text)) is None:
        raise ValueError(f"{A_CONDITION}; got {text!r}")
    name, reading, comparison, number, unit = found.groups()
    if name not in set(Measure):
        raise ValueError(unknown("measure", name, map(str, Measure)))
    measure = Measure(name)
    if (facts_of(measure) is Facts.READINGS) != (reading is not None):
        raise ValueError(
            f"{name} says of which readings, such as {name}(*.total_ms)"
            if reading is None
            else f"{name} is of no reading; write {name} {comparison} {number}"
        )
    if reading and re.search(r"[*?\[]", reading.rpartition(".")[2]):
        raise ValueError(f"which reading is meant must be plain after the last dot, as in *.total_ms; got {reading!r}")
    threshold = float(number) / (100 if unit == "%" else 1)
    if measure in SHARES and not 0 <= threshold <= 1:
        raise ValueError(f"{name} is a share, from 0 to 1 or in %; got {number}")
    return Condition(measure, reading.strip() if reading else None, comparison, threshold)


@dataclass(frozen=True, slots=True)
class Window:
    """How much of the past a condition looks at: so many seconds, or so many of the newest looks of each region."""

    seconds: float | None = None
    looks: int | None = None

    def __str__(self) -> str:
        if self.looks is None:
            return spans.written(self.seconds or 0)
        return f"{self.looks} run{'s' * (self.looks != 1)}"


RUNS = re.compile(r"\s*(\d+)\s*runs?\s*")
A_WINDOW = "a window is a time such as 10m or 7 days, or a number of runs such as '3 runs'"


def window(text: str) -> Window:
    """Read a window; raises ValueError."""
    runs = RUNS.fullmatch(text)
    try:
        found = Window(looks=int(runs[1])) if runs else Window(seconds=spans.some(text))
    except ValueError:
        found = Window()
    if not (found.looks or found.seconds):
        raise ValueError(f"{A_WINDOW}; got {text!r}")
    return found
