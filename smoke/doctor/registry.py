"""The examinations there are. Adding one is one file in this folder, with one decorated function.

Its module is imported whenever the doctor comes, so it imports what is heavy inside the function.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import smoke.doctor
from smoke.config.problems import ConfigError
from smoke.doctor.diagnosis import Diagnosis
from smoke.host.machine import Machine
from smoke.modules import import_all
from smoke.planning.plan import Plan
from smoke.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an examination may look at."""

    given: argparse.Namespace
    """The command line."""
    settings: Settings
    now: float
    """Seconds since the epoch."""

    @cached_property
    def machine(self) -> Machine:
        """This computer, with what .env adds to the environment."""
        return Machine(environ=self.settings.environ)

    @cached_property
    def plan(self) -> Plan | ConfigError:
        """What ``smoke run`` with the same options would do, or why it would do nothing."""
        from smoke.running.planning import plan_of

        try:
            return plan_of(self.settings)
        except ConfigError as error:
            return error


Examine = Callable[[Surroundings], Iterator[Diagnosis]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A way to find out whether something of ours works."""

    name: str
    examine: Examine
    """Raises ConfigError for options that are wrong; all else is a finding."""
    configure: Callable[[argparse.ArgumentParser], None]
    """Adds its options."""
    asked_by: tuple[str, ...]
    """Options by which it is wanted alone."""


_EXAMINATIONS: dict[str, Examination] = {}


def _no_options(_parser: argparse.ArgumentParser) -> None:
    """Add none."""


def examination(
    name: str, *, configure: Callable[[argparse.ArgumentParser], None] = _no_options, asked_by: tuple[str, ...] = ()
) -> Callable[[Examine], Examine]:
    """Register the decorated function; see Examination for the arguments."""

    def register(examine: Examine) -> Examine:
        _EXAMINATIONS[name] = Examination(name=name, examine=examine, configure=configure, asked_by=asked_by)
        return examine

    return register


def available() -> tuple[Examination, ...]:
    """Return every examination, by name."""
    import_all(smoke.doctor)
    return tuple(_EXAMINATIONS[name] for name in sorted(_EXAMINATIONS))


def wanted(given: argparse.Namespace) -> tuple[Examination, ...]:
    """Return the examinations that the command line asks for, all where it names none."""
    every = available()
    return tuple(each for each in every if any(getattr(given, name) for name in each.asked_by)) or every
