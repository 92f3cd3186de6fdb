"""Whether the error rate of a monitoring period keeps its limit, and from when on it no longer can. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smoke.model import Outcome


class WatchState(StrEnum):
    """How a monitoring period stands."""

    OPEN = "open"
    """It goes on."""
    KEPT = "kept"
    BROKEN = "broken"
    """The limit is broken, or cannot be kept any more, however the rest goes."""
    TOO_FEW = "too-few"
    """It is over, and there was not enough to judge by."""
    CUT_SHORT = "cut-short"
    """It had to end long before its time."""

    @property
    def outcome(self) -> Outcome:
        """What it means for the gate; an open one is not judged."""
        return {WatchState.KEPT: Outcome.PASS, WatchState.BROKEN: Outcome.FAIL}.get(self, Outcome.INCONCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTerms:
    """What a monitoring period asks for."""

    max_error_rate: float
    """Largest good share of failed samples, above 0, up to 1."""
    least: int
    """Judged samples without which nothing is concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Samples so far."""

    good: int = 0
    failed: int = 0
    """The application's fault."""
    unjudged: int = 0
    """Ours, the runner's, or an edge's."""

    @property
    def judged(self) -> int:
        """Samples that count."""
        return self.good + self.failed

    @property
    def error_rate(self) -> float | None:
        """Share of failed samples among the judged; None without any."""
        return self.failed / self.judged if self.judged else None


def standing(terms: RateTerms, tally: Tally, left: int) -> WatchState:
    """Return how the period stands when ``left`` samples are still to come; 0: it is over.

    A limit that the remaining samples cannot save, all of them good, is broken at once: no use to wait.
    """
    if tally.failed > terms.max_error_rate * max(tally.judged + left, terms.least):
        return WatchState.BROKEN
    if left:
        return WatchState.OPEN
    if tally.judged < terms.least or tally.unjudged > tally.judged:
        return WatchState.TOO_FEW
    return WatchState.KEPT
