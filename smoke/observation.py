"""What was seen of a check: attempts, findings, measurements. Frozen: no stage changes what another one said."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from smoke.calibration import Calibration
from smoke.model import Blame, Outcome


class Unit(StrEnum):
    """Units of measurements."""

    MS = "ms"
    RATIO = "ratio"
    COUNT = "count"
    SCORE = "score"
    DAYS = "days"


class SignalKind(StrEnum):
    """What a page can do that its journey did not ask for."""

    CONSOLE = "console"
    PAGE_ERROR = "page-error"
    REQUEST = "request"


class Standard(StrEnum):
    """Which sample of a time is held against its budget, where there are several."""

    MEDIAN = "median"
    QUICKEST = "quickest"
    SECOND_SLOWEST = "second slowest"
    SURE_PERCENTILE = "95th percentile, with 95 % confidence,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A number that a check took."""

    name: str
    value: float | None
    """None: not observed, which is never the same as zero."""
    unit: Unit = Unit.MS
    budget: float | None = None
    """The largest value that is still good, in the same unit."""
    ceiling: float | None = None
    """Above it one sample is enough; None: as :func:`smoke.judging.timing.ceiling_of` says."""
    samples: tuple[float, ...] = ()
    """Everything that ``value`` stands for, where it was taken more than once."""
    standard: Standard = Standard.MEDIAN
    """Which of ``samples`` is held against the budget."""

    @property
    def judged(self) -> float | None:
        """What is held against the budget: ``value``, unless another one of several samples is."""
        if len(self.samples) < 2:
            return self.value
        match self.standard:
            case Standard.MEDIAN:
                return self.value
            case Standard.QUICKEST:
                return min(self.samples)
            case Standard.SECOND_SLOWEST:
                return sorted(self.samples)[-2]
            case Standard.SURE_PERCENTILE:
                return sorted(self.samples)[-surely_slow(len(self.samples))]
            case _:
                assert_never(self.standard)

    @property
    def ok(self) -> bool | None:
        """Whether the budget is kept; None where there is nothing to compare."""
        if self.judged is None or self.budget is None:
            return None
        return self.judged <= self.budget


def surely_slow(count: int) -> int:
    """Return how many of ``count`` samples must be too slow so that it is no chance: the 95th percentile is too slow.

    Where 95 of 100 are in time, as many or more of ``count`` (two at least) are too slow in less than 5 % of all cases
    (binomial test).
    """
    slow, chance = 0, 1.0
    while slow < min(2, count) or (chance >= 0.05 and slow < count):
        chance -= math.comb(count, slow) * 0.05**slow * 0.95 ** (count - slow)
        slow += 1
    return slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something the page did that the journey did not ask for."""

    kind: SignalKind
    where: str
    """Path of the page it happened on, without the query string."""
    text: str
    """The console text, the exception, or ``GET /path 404``."""
    accepted_by: str | None = None
    """The reason of the noise entry that accepts it."""
    origin: str = ""
    """Scheme, host and port that a request went to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: rule and evidence in one line, and whose fault it is."""

    rule: str
    """One line, e.g. ``homepage.load_ms (6214) <= 3000``."""
    blame: Blame
    evidence: tuple[str, ...] = ()
    """Further lines that support it."""
    cause: str | None = None
    """What it would explain in other checks too, in the same words: ``the host shop.example does not resolve``."""
    settled: bool = False
    """Seen so clearly that another attempt could not change it."""


def told(findings: Iterable[Finding]) -> str:
    """Write findings one below the other, each rule followed by its evidence."""
    return "\n".join(line for finding in findings for line in (finding.rule, *finding.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A named part of a journey."""

    name: str
    duration_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file left behind as evidence."""

    kind: str
    """screenshot, trace, console, network, …"""
    path: str
    """Relative to the reports folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a check."""

    number: int
    """From 1."""
    started: float
    """Seconds since the epoch."""
    duration_ms: float
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    steps: tuple[Step, ...] = ()
    signals: tuple[Signal, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    calibration: Calibration | None = None
    """How fast the runner was, where a budget was exceeded."""
    unrepeated: tuple[str, ...] = ()
    """What it has written, where nothing but that kept it from being tried again."""

    @property
    def outcome(self) -> Outcome:
        """FAIL if the application is to blame for any finding, else INCONCLUSIVE, else PASS."""
        outcomes = {finding.blame.outcome for finding in self.findings}
        if Outcome.FAIL in outcomes:
            return Outcome.FAIL
        return Outcome.INCONCLUSIVE if outcomes else Outcome.PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything that was seen of one check in one run: what the judge gets."""

    check_id: str
    attempts: tuple[Attempt, ...]
    not_run: str | None = None
    """Why there is no attempt, where that is known."""

    def with_findings(self, change: Callable[[Finding], Finding]) -> Observation:
        """Return the same with every finding as ``change`` makes it."""
        changed = (replace(each, findings=tuple(map(change, each.findings))) for each in self.attempts)
        return replace(self, attempts=tuple(changed))
