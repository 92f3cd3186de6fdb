"""Whether the build that is being released is the one, and the only one, that answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from smoke.model import Outcome


class BuildStanding(StrEnum):
    """What the answers said about the expected build."""

    PROVEN = "proven"
    STALE = "stale"
    """Only others answered."""
    MIXED = "mixed"
    """It answered, and others did."""
    UNSEEN = "unseen"
    """No answer showed a build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProof:
    """What a run saw of builds."""

    expected: str
    seen: Mapping[str, int] = field(default_factory=dict)
    """Answers by the build that they showed."""
    silent: int = 0
    """First-party documents and API answers that showed none."""

    @property
    def standing(self) -> BuildStanding:
        """What that comes to."""
        if not self.seen:
            return BuildStanding.UNSEEN
        if self.expected not in self.seen:
            return BuildStanding.STALE
        return BuildStanding.PROVEN if len(self.seen) == 1 else BuildStanding.MIXED

    @property
    def outcome(self) -> Outcome:
        """PASS if the build is proven; else INCONCLUSIVE: another build was looked at than the one in question."""
        return Outcome.PASS if self.standing is BuildStanding.PROVEN else Outcome.INCONCLUSIVE

    @property
    def sentence(self) -> str:
        """Say it in one line, with counts."""
        listed = ", ".join(f"{build} {count} times" for build, count in sorted(self.seen.items()))
        match self.standing:
            case BuildStanding.PROVEN:
                unsaid = f"; {self.silent} answers did not say" if self.silent else ""
                return f"every answer that showed its build showed {self.expected} ({self.seen[self.expected]}){unsaid}"
            case BuildStanding.STALE:
                return f"STALE_BUILD: {self.expected} never answered; seen: {listed}"
            case BuildStanding.MIXED:
                return f"STALE_BUILD: {self.expected} is not alone; seen: {listed}"
            case BuildStanding.UNSEEN:
                return f"STALE_BUILD: no answer showed its build, so {self.expected} is not proven"
            case _:
                assert_never(self.standing)
