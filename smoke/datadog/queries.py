"""From a rule to what a Datadog monitor asks, as far as there is such a form. Pure.

A query says what Datadog documents of metric and service check queries: names joined by AND, lists by IN, a branch of
checks by a wildcard. A comma or an exclamation mark beside AND would be no valid query.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from smoke.sinks.metrics import UP, Kind, MetricName, tag_value
from smoke.spans import written

HOUR = 3600
DAY = 24 * HOUR
LONGEST_S = 7 * DAY
"""The longest window of a metric monitor."""


class Over(StrEnum):
    """How the values of a window become one, and those of several series."""

    AVG = "avg"
    MIN = "min"
    MAX = "max"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Term:
    """A tag, and the values of which it must have one; ``uptime.*`` is every value that begins so."""

    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.key}:{self.values[0]}"
        if any(value.endswith("*") for value in self.values):
            return f"({' OR '.join(f'{self.key}:{value}' for value in self.values)})"
        return f"{self.key} IN ({', '.join(self.values)})"


def term(key: str, values: Sequence[str]) -> Term:
    """Return the term for ``values``, as Datadog stores them."""
    return Term(key, tuple(tag_value(value) for value in values))


def branches(checks: Sequence[str]) -> Term:
    """Return the term for checks, or branches of them."""
    return Term("check", tuple(each for check in checks for each in (tag_value(check), f"{tag_value(check)}.*")))


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """``min(last_1h):min:smoke_test.success{env:production} by {suite} < 1``."""

    over: Over
    window_s: int
    metric: MetricName
    terms: tuple[Term, ...]
    by: tuple[str, ...]
    comparison: str
    threshold: float
    recovery: float | None = None
    """The value up to which it stays open; None: the threshold."""

    def __str__(self) -> str:
        scope = " AND ".join(map(str, self.terms)) or "*"
        groups = f" by {{{','.join(self.by)}}}" if self.by else ""
        count = ".as_count()" if self.metric.kind is Kind.COUNT else ""
        series = f"{self.over}:{self.metric}{{{scope}}}{groups}{count}"
        return f"{self.over}({last(self.window_s)}):{series} {self.comparison} {number(self.threshold)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuery:
    """``"smoke_test.up".over("env:production").by("suite").last(4).count_by_status()``."""

    tags: tuple[str, ...]
    by: tuple[str, ...]
    critical: int
    """So many failures in a row open it."""
    good: int
    """So many successes in a row close it."""

    @property
    def looked_at(self) -> int:
        """How many of the newest statuses count: more than what it asks for, or it could never be told."""
        return max(self.critical, self.good) + 1

    def __str__(self) -> str:
        over = ", ".join(f'"{tag}"' for tag in self.tags or ("*",))
        by = ", ".join(f'"{key}"' for key in self.by)
        return f'"{UP}".over({over}).by({by}).last({self.looked_at}).count_by_status()'


def last(seconds: int) -> str:
    """Write a window as metric monitors know it; raises ValueError where they know none."""
    if not 60 <= seconds <= LONGEST_S:
        raise ValueError(f"a metric monitor looks back at most {written(LONGEST_S)}, not {written(seconds)}")
    if seconds == LONGEST_S:
        return "last_1w"
    if seconds == DAY:
        return "last_1d"
    return f"last_{seconds // HOUR}h" if seconds % HOUR == 0 else f"last_{math.ceil(seconds / 60)}m"


def number(value: float) -> str:
    """Write a threshold the way Datadog compares it with that of the options."""
    return f"{round(value, 6):.10g}"
