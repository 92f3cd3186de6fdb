"""How sure it is that the canary was looked at, and not the stable build beside it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from smoke.model import Outcome

MOST_SESSIONS = 10_000
"""Nobody starts more to look at a canary."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortTerms:
    """What a point asks for."""

    share: float
    """Of all traffic that the canary gets, above 0, up to 1."""
    least: int
    """Confirmed sessions on the canary without which nothing is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortProof:
    """How many sessions reached the canary."""

    terms: CohortTerms
    sessions: int
    confirmed: int
    """Of these, sessions in which every answer came from the canary's build."""

    @property
    def outcome(self) -> Outcome:
        """PASS with enough confirmed sessions, else INCONCLUSIVE."""
        return Outcome.PASS if self.confirmed >= self.terms.least else Outcome.INCONCLUSIVE

    @property
    def sentence(self) -> str:
        """Say it in one line, with the chance and, where sessions are missing, how many would do."""
        share, least = self.terms.share, self.terms.least
        seen = f"{self.confirmed} of {self.sessions} sessions reached the canary"
        chance = chance_of_missing(share, self.sessions)
        missed = f"by chance alone {self.sessions} would all miss it with probability {chance:.2g}"
        if self.outcome is Outcome.PASS:
            return f"{seen}; {missed}"
        enough = sessions_for(share, least)
        return f"{seen}, {least} are needed; {missed}; {enough} sessions suffice 95 times in 100"


def chance_of_missing(share: float, sessions: int) -> float:
    """Return the probability that none of ``sessions`` independent ones meets a canary with ``share`` of traffic."""
    return (1 - share) ** sessions


def sessions_for(share: float, least: int) -> int:
    """Return how many sessions bring ``least`` of them to the canary by CONFIDENCE, at most MOST_SESSIONS."""
    for sessions in range(least, MOST_SESSIONS):
        if _at_least(least, sessions, share) >= CONFIDENCE:
            return sessions
    return MOST_SESSIONS


def _at_least(least: int, sessions: int, share: float) -> float:
    fewer = (math.comb(sessions, hit) * share**hit * (1 - share) ** (sessions - hit) for hit in range(least))
    return 1 - sum(fewer)
