"""What is known of one suite in one environment, in order and without repetition. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any, Generic, TypeVar

from smoke.config.cron_schedule import Schedule
from smoke.history.facts import CheckFact, Reading, RunFact

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordFact:
    """When the password of an account was last changed."""

    account: str
    changed: date


@dataclass(frozen=True, kw_only=True)
class Past:
    """The facts of a suite in an environment. However they arrive, they are the same: sorted, and each once."""

    suite: str
    environment: str
    runs: tuple[RunFact, ...]
    checks: tuple[CheckFact, ...]
    readings: tuple[Reading, ...]
    passwords: tuple[PasswordFact, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    """Those of this suite in this environment."""
    memo: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out of these facts already; a replay asks for the same again at every moment."""

    @classmethod
    def of(
        cls,
        suite: str,
        environment: str,
        *,
        runs: Iterable[RunFact] = (),
        checks: Iterable[CheckFact] = (),
        readings: Iterable[Reading] = (),
        passwords: Iterable[PasswordFact] = (),
        schedules: Iterable[Schedule] = (),
    ) -> Past:
        """Build it from facts in any order, of any suite."""
        known = {run.run_id: run for run in runs if (run.suite, run.environment) == (suite, environment)}
        judged = {(fact.run_id, fact.check_id): fact for fact in checks if fact.run_id in known}
        taken = {(fact.run_id, fact.check_id, fact.name): fact for fact in readings if fact.run_id in known}
        return cls(
            suite=suite,
            environment=environment,
            runs=tuple(sorted(known.values(), key=lambda run: (run.finished, run.run_id))),
            checks=tuple(sorted(judged.values(), key=lambda fact: (fact.at, fact.run_id, fact.check_id))),
            readings=tuple(sorted(taken.values(), key=lambda fact: (fact.at, fact.run_id, fact.check_id, fact.name))),
            passwords=tuple(sorted(passwords, key=lambda fact: fact.account)),
            schedules=tuple(each for each in schedules if (each.suite, each.environment) == (suite, environment)),
        )

    @cached_property
    def check_of(self) -> dict[tuple[str, str], CheckFact]:
        """Every check, by its run and its id."""
        return {(fact.run_id, fact.check_id): fact for fact in self.checks}

    @cached_property
    def all_runs(self) -> Series[RunFact]:
        """Every run."""
        return Series(self.runs, lambda run: run.finished)

    @cached_property
    def checks_by_id(self) -> dict[str, Series[CheckFact]]:
        """The looks at each check."""
        return {name: Series(facts, lambda fact: fact.at) for name, facts in _grouped(self.checks, _check_id)}

    @cached_property
    def readings_by_name(self) -> dict[str, Series[Reading]]:
        """The values of each reading."""
        return {name: Series(facts, lambda fact: fact.at) for name, facts in _grouped(self.readings, _name)}


class Series(Generic[T]):
    """Facts of one kind in the order of their times, of which a stretch is quickly cut out."""

    def __init__(self, facts: Sequence[T], at: Callable[[T], float]) -> None:
        self._facts: Sequence[T] = facts
        self._times = [at(fact) for fact in facts]

    def within(self, since: float, until: float) -> Sequence[T]:
        """Those after ``since``, up to ``until``."""
        return self._facts[bisect_right(self._times, since) : bisect_right(self._times, until)]


def _check_id(fact: CheckFact) -> str:
    return fact.check_id


def _name(fact: Reading) -> str:
    return fact.name


def _grouped(facts: Iterable[T], key: Callable[[T], str]) -> Iterable[tuple[str, list[T]]]:
    groups: dict[str, list[T]] = {}
    for fact in facts:
        groups.setdefault(key(fact), []).append(fact)
    return groups.items()


def midnight(day: date) -> float:
    """The first second of ``day`` in UTC."""
    return datetime.combine(day, time(), UTC).timestamp()
