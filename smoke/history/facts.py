"""What the history tells those who judge over time: lean rows, the newest last. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from smoke.model import Blame, Category, Outcome
from smoke.observation import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFact:
    """A run that ended."""

    run_id: str
    suite: str
    environment: str
    region: str
    execution_point: str
    started: float
    """Seconds since the epoch, as every time here."""
    finished: float
    verdict: Outcome
    passed: bool
    failed_category: Category | None
    builds: tuple[str, ...] = ()


class CheckFact(NamedTuple):
    """A check as one run judged it. They are read by the thousand: a frozen dataclass takes three times as long."""

    run_id: str
    at: float
    """When its run finished."""
    region: str
    check_id: str
    category: Category
    critical: bool
    outcome: Outcome
    blame: Blame | None
    duration_ms: float


class Reading(NamedTuple):
    """A number that a check took in its deciding attempt."""

    run_id: str
    at: float
    """When its run finished."""
    region: str
    check_id: str
    name: str
    value: float
    unit: Unit
    budget: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPercentiles:
    """How a measurement was spread over one day, by nearest rank."""

    day: date
    count: int
    p50: float
    p95: float
    p99: float
