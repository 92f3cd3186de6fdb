"""What a drill showed: who caught which fault, who slept through it, who was wrong about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smoke.model import Blame, Outcome


class Result(StrEnum):
    """What became of one fault at one check that promises to catch it."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    """The check stayed green."""
    WRONG_BLAME = "wrong blame"
    COLLATERAL = "collateral"
    """It was caught, and a check that never saw it went red too."""
    UNPROVED = "unproved"
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
    trouble: str | None = None
    """Why the drill could not be done."""

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
        return self._clean(Result.CAUGHT if self.blame in self.expected else Result.WRONG_BLAME)

    def _clean(self, result: Result) -> Result:
        return Result.COLLATERAL if result is Result.CAUGHT and self.collateral else result


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All cases of one drill."""

    suite: str
    environment: str
    cases: tuple[Case, ...]
    asked: int = 0
    """Requests that the target saw, all in the clean run."""
    duration_s: float = 0.0

    def count(self, result: Result) -> int:
        """Return how many cases came to ``result``."""
        return sum(case.result == result for case in self.cases)

    @property
    def detection_rate(self) -> float | None:
        """Share of the faults that were caught, 0 to 1, of those that had to be; None without any."""
        tried = [case for case in self.cases if case.result is not Result.UNPROVED]
        caught = [case for case in tried if case.result in (Result.CAUGHT, Result.COLLATERAL)]
        return len(caught) / len(tried) if tried else None

    @property
    def bad(self) -> tuple[Case, ...]:
        """The cases that show a defect of a check, or of the drill."""
        return tuple(case for case in self.cases if case.result is not Result.CAUGHT)

    @property
    def outcome(self) -> Outcome:
        """FAIL where a fault survived, was blamed wrongly or hit others; else INCONCLUSIVE where one was not tried."""
        results = {case.result for case in self.cases}
        if results & {Result.SURVIVED, Result.WRONG_BLAME, Result.COLLATERAL}:
            return Outcome.FAIL
        return Outcome.INCONCLUSIVE if Result.UNPROVED in results or not self.cases else Outcome.PASS
