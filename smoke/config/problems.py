"""What is wrong with a configuration, told all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
COMMAND_LINE, ENVIRONMENT = "command line", "environment"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and the way out."""

    file: str
    """File below the project's root, or COMMAND_LINE or ENVIRONMENT."""
    line: int
    """From 1; 0 where there is no line."""
    key: str
    text: str

    @classmethod
    def of_option(cls, option: str, text: str) -> Problem:
        """One of the command line: of an option as it is typed, of an operand by its name, or ``""`` for the whole."""
        return cls(COMMAND_LINE, 0, option, text)

    @classmethod
    def of_variable(cls, name: str, text: str) -> Problem:
        """One of an environment variable."""
        return cls(ENVIRONMENT, 0, name, text)

    @property
    def is_usage(self) -> bool:
        """Whether it is of the command line."""
        return self.file == COMMAND_LINE

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.key) if part)
        return f"{place}: {self.text}" if place else self.text


class ConfigError(Exception):
    """Wrong usage or configuration (exit code 2). Its text lists every problem, grouped by file."""

    @classmethod
    def of_option(cls, option: str, text: str) -> ConfigError:
        """That with one problem of the command line."""
        return cls([Problem.of_option(option, text)])

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
