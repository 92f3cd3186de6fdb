"""What a drill showed: who caught which fault, who slept through it, who was wrong about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from smoke.judging.offline import NETWORK
from smoke.model import Blame, Category, Outcome


class Result(StrEnum):
    """What became of one fault at one check that promises to catch it."""

    CAUGHT = "caught"
    UNCONFIRMED = "unconfirmed"
    """The check was not green, but blamed nobody: an answer was lost once, and it may not write twice."""
    SURVIVED = "survived"
    """The check stayed green."""
    WRONG_BLAME = "wrong blame"
    COLLATERAL = "collateral"
    """It was caught, and a check that never saw it went red too."""
    UNPROVED = "not tried"
    """The drill could not be done."""


def kind_of(fault: str) -> str:
    """Return the kind of a fault, of which the subject is left out: ``json-missing`` of ``json-missing a.b``."""
    return fault.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fault at one check, as a drill saw it."""

    suite: str
    check_id: str
    fault: str
    expected: tuple[Blame, ...]
    """Whoever may be blamed; none: the check must get over it."""
    outcome: Outcome
    blame: Blame | None
    rule: str | None
    """What the check said, in one line."""
    duration_ms: float
    also: tuple[str, ...] = ()
    """Other checks that saw the fault and went red."""
    collateral: tuple[str, ...] = ()
    """Checks that went red without having seen it."""
    unconfirmed: bool = False
    """It is inconclusive for no other reason than that it may not write twice."""
    trouble: str | None = None
    """Why the drill could not be done."""

    @property
    def key(self) -> tuple[str, str]:
        """Check and fault: what it is known by within its suite."""
        return self.check_id, self.fault

    @property
    def turned_red(self) -> bool:
        """Whether the check went red for the fault, and blamed whom it must."""
        return bool(self.expected) and self.result in RED

    @property
    def kind(self) -> str:
        """The part of the fault's name that the catalogue lists."""
        return kind_of(self.fault)

    @property
    def result(self) -> Result:
        """What it shows of the check."""
        if self.trouble is not None:
            return Result.UNPROVED
        if not self.expected:
            got_over = self.outcome in (Outcome.PASS, Outcome.FLAKY)
            return self._clean(Result.CAUGHT if got_over else Result.WRONG_BLAME)
        if self.outcome in (Outcome.PASS, Outcome.FLAKY, Outcome.NOT_RUN):
            return Result.SURVIVED
        if self.unconfirmed and {*NETWORK, Blame.SLOW}.intersection(self.expected):
            return self._clean(Result.UNCONFIRMED)
        return self._clean(Result.CAUGHT if self.blame in self.expected else Result.WRONG_BLAME)

    def _clean(self, result: Result) -> Result:
        return Result.COLLATERAL if result in GOOD and self.collateral else result


GOOD = (Result.CAUGHT, Result.UNCONFIRMED)
"""Results of checks, and drills, without a defect."""
RED = (Result.CAUGHT, Result.COLLATERAL)
DETECTED = (*RED, Result.UNCONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All cases of one drill."""

    suite: str
    environment: str
    cases: tuple[Case, ...]
    asked: int = 0
    """Requests that the target saw, all in the clean run."""
    duration_s: float = 0.0
    checks: Mapping[str, Category] = field(default_factory=dict)
    """Every check that ran clean, with its category."""
    promised: int = 0
    """Faults that these promise to catch, whether or not they were asked for."""
    finished: float = 0.0
    """Seconds since the epoch."""
    config_sha256: str = ""

    def count(self, result: Result) -> int:
        """Return how many cases came to ``result``."""
        return sum(case.result == result for case in self.cases)

    @property
    def tried(self) -> int:
        """How many faults the detection rate is about."""
        return len(self.cases) - self.count(Result.UNPROVED)

    @property
    def detection_rate(self) -> float | None:
        """Share of the faults that were not passed over, 0 to 1, of those that were tried; None without any."""
        return _rate(self.cases)

    def rates(self) -> Mapping[Category, float]:
        """Return the detection rate of each category in which something was tried."""
        by_category = {
            category: _rate(case for case in self.cases if self.checks.get(case.check_id) is category)
            for category in Category
        }
        return {category: rate for category, rate in by_category.items() if rate is not None}

    @property
    def unproven(self) -> tuple[str, ...]:
        """Checks that no fault turned red: nothing shows that they can be."""
        proven = {case.check_id for case in self.cases if case.turned_red}
        return tuple(check for check in self.checks if check not in proven)

    @property
    def bad(self) -> tuple[Case, ...]:
        """The cases that show a defect of a check, or of the drill."""
        return tuple(case for case in self.cases if case.result not in GOOD)

    @property
    def outcome(self) -> Outcome:
        """FAIL where a fault survived, was blamed wrongly or hit others; else INCONCLUSIVE where one was not tried."""
        results = {case.result for case in self.cases}
        if results & {Result.SURVIVED, Result.WRONG_BLAME, Result.COLLATERAL}:
            return Outcome.FAIL
        return Outcome.INCONCLUSIVE if Result.UNPROVED in results or not self.cases else Outcome.PASS


def _rate(cases: Iterable[Case]) -> float | None:
    tried = [case for case in cases if case.result is not Result.UNPROVED]
    return sum(case.result in DETECTED for case in tried) / len(tried) if tried else None
