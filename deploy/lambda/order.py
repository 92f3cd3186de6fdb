"""What an event asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints

from smoke.config.source import Source, parse
from smoke.strict import Key, Strict

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Never an option of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Strict):
    """One run, as the input of a schedule names it."""

    suite: Name
    environment: Name
    point: Name
    """Execution point."""
    checks: tuple[Name, ...] = ()
    """What the run is narrowed down to; none: to nothing."""

    def arguments(self) -> list[str]:
        """Return what follows ``smoke run``."""
        narrowed = [f"--check={name}" for name in self.checks]
        return [self.point, f"--suite={self.suite}", f"--env={self.environment}", *narrowed]


def order_of(event: object) -> Order:
    """Read the event of an invocation, plain JSON; raises ConfigError with all that is wrong with it."""
    return parse(Source("event", event, dict.fromkeys(_keys(event, ()), 0)), Order)


def _keys(value: object, key: Key) -> Iterator[Key]:
    yield key
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in within:
        yield from _keys(each, (*key, name))
