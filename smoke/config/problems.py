"""What is wrong with a configuration, told all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and the way out."""

    file: str
    """File below the project's root, or ``environment`` or ``command line``."""
    line: int
    """From 1; 0 where there is no line."""
    key: str
    text: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.key) if part)
        return f"{place}: {self.text}" if place else self.text


class ConfigError(Exception):
    """Wrong usage or configuration (exit code 2). Its text lists every problem, grouped by file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(render(self.problems))


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Return what both come to; raises ConfigError with the problems of both, though one would have been enough."""
    try:
        one = first()
    except ConfigError as error:
        raise ConfigError([*error.problems, *problems_of(second)]) from None
    return one, second()


def problems_of(step: Callable[[], object]) -> tuple[Problem, ...]:
    """Return what is wrong according to ``step``; nothing if it goes well."""
    try:
        step()
    except ConfigError as error:
        return error.problems
    return ()


def render(problems: Iterable[Problem]) -> str:
    """List sorted problems under a heading for each file that says how many there are."""
    blocks = []
    for file, group in groupby(problems, key=lambda problem: problem.file):
        found = list(group)
        heading = f"{file}: {len(found)} problem{'s' if len(found) > 1 else ''}"
        blocks.append("\n".join([heading, *(f"  {problem}" for problem in found)]))
    return "\n".join(blocks)
