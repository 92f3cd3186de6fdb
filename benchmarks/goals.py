"""What the harness may cost: for each figure the goal, and the limit at which it counts as a step back."""

from __future__ import annotations

import enum
import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure, and what it may be."""

    name: str
    unit: str
    """times, s, ms or MB."""
    at_most: float | None
    """What we want; None where nothing was ever promised."""
    limit: float
    """What was reached, and a margin for a noisy machine: above it, the median counts as a step back."""
    note: str
    """How it is taken."""


GOALS = (
    Goal("wall time, local", "times", 1.0, 1.30, "whole run, everything on, against the bare script"),
    Goal("CPU time, local", "times", 1.25, 1.70, "of all processes, against the bare script"),
    Goal("wall time, 200 ms away", "times", 0.55, 0.62, "journeys alone, against the bare script"),
    Goal("first navigation", "s", 1.2, 2.4, "from the start of the program to the first page asked for"),
    Goal("verdict to exit", "s", 0.3, 0.4, "every sink on and healthy, Datadog's too"),
    Goal("smoke --help", "s", 0.15, 0.15, "from start to exit"),
    Goal("smoke config check", "s", 0.4, 1.4, "from start to exit, all suites"),
    Goal("peak memory", "MB", 150.0, 150.0, "of the harness's own process"),
    Goal("1,000 probes", "s", 3.0, 6.5, "start of the run to verdict, against a local target"),
    Goal("40 more probes", "times", None, 1.20, "a run with them against one without"),
    Goal("history, SQLite", "ms", 50.0, 150.0, "CPU of the slowest of what alerts and pages ask, over a year of runs"),
    Goal("history, PostgreSQL", "ms", 50.0, 150.0, "the same, in wall time, of a server on this machine"),
    Goal("page loads under guard", "times", None, 1.45, "against page loads without it"),
)


def goal(name: str) -> Goal:
    """Return the goal of a figure; raises KeyError."""
    return {each.name: each for each in GOALS}[name]


class Standing(enum.Enum):
    """How a figure stands."""

    REACHED = "kept"
    BEHIND = "kept, goal missed"
    REGRESSED = "REGRESSED"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one figure."""

    goal: Goal
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of all that was measured."""
        return statistics.median(self.values)

    @property
    def standing(self) -> Standing:
        """Where the median stands."""
        if self.median > self.goal.limit:
            return Standing.REGRESSED
        if self.goal.at_most is not None and self.median > self.goal.at_most:
            return Standing.BEHIND
        return Standing.REACHED


def measured(name: str, values: Iterable[float]) -> Measured:
    """Return ``values`` as those of the figure called ``name``; raises KeyError."""
    return Measured(goal(name), tuple(values))


HEAD = ("figure", "unit", "median", "from", "to", "goal", "limit", "")


def table(figures: Iterable[Measured]) -> str:
    """Return all figures as text, a line for each."""
    rows = [HEAD, *(_row(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    aligned = []
    for row in rows:
        words = [word.ljust(width) for word, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [word.rjust(width) for word, width in zip(row[2:7], widths[2:7], strict=True)]
        aligned.append("  ".join((*words, *numbers, row[7])).rstrip())
    return "\n".join((aligned[0], "─" * max(map(len, aligned)), *aligned[1:]))


def _row(each: Measured) -> tuple[str, ...]:
    numbers = (each.median, min(each.values), max(each.values), each.goal.at_most, each.goal.limit)
    return (each.goal.name, each.goal.unit, *(_number(number) for number in numbers), each.standing.value)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 20 else f"{value:.2f}"
