"""From what a gate looked at to what the release does. Pure.

Nothing but a whole set of green parts leads to proceed: a part that is missing, late or broken is INCONCLUSIVE, and
INCONCLUSIVE blocks. It never rolls back either: nobody knows yet whether anything is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from smoke.brief import cut
from smoke.config.points import FlakyPolicy
from smoke.judging.judge import SEVERITY, combine, exit_code
from smoke.model import Action, Category, Outcome

LONGEST = 1000
"""Characters of a sentence."""


class PartName(StrEnum):
    """What a gate looks at, in this order."""

    BUILD = "build"
    CHECKS = "checks"
    COHORT = "cohort"
    COMPARISON = "comparison"
    MONITORING = "monitoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that a gate looked at."""

    name: PartName
    outcome: Outcome
    sentence: str
    """What was seen, in one line."""
    on_failure: Action
    """Asked for if it is FAIL."""
    severity: str | None = None
    """How loudly people are told of that."""
    failed_category: Category | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a gate says."""

    point: str
    outcome: Outcome
    passed: bool
    action: Action
    severity: str | None
    failed_category: Category | None
    reason: str
    """One sentence."""
    parts: tuple[Part, ...]

    @property
    def exit_code(self) -> int:
        """0: proceed. 1: block, roll back or escalate. 3: INCONCLUSIVE, which blocks."""
        if self.passed:
            return 0
        return exit_code(self.outcome, FlakyPolicy.BLOCK)


def decide(point: str, planned: Sequence[PartName], parts: Sequence[Part], flaky: FlakyPolicy) -> Decision:
    """Return what ``point`` decides from ``parts``, of which every one that was ``planned`` must be there."""
    seen = {part.name: part for part in parts}
    missing = [name for name in planned if name not in seen]
    outcome = combine((part.outcome for part in parts), troubled=len(missing))
    passed = outcome is Outcome.PASS or (outcome is Outcome.FLAKY and flaky is FlakyPolicy.ALLOW)
    decisive = next((part for part in parts if _settled(part.outcome) is outcome), None)
    action, severity = Action.PROCEED if passed else Action.BLOCK, None
    if decisive and outcome is Outcome.FAIL:
        action, severity = decisive.on_failure, decisive.severity
    return Decision(
        point=point,
        outcome=outcome,
        passed=passed,
        action=action,
        severity=severity,
        failed_category=decisive.failed_category if decisive and not passed else None,
        reason=_reason(parts, decisive, missing, outcome),
        parts=tuple(parts),
    )


def brief(decision: Decision) -> Decision:
    """Return ``decision`` with sentences that fit into an environment variable, an event of GitHub and a line."""
    parts = tuple(replace(part, sentence=_brief(part.sentence)) for part in decision.parts)
    return replace(decision, reason=_brief(decision.reason), parts=parts)


def _brief(sentence: str) -> str:
    return cut("".join(each if each.isprintable() else " " for each in sentence), LONGEST)


def undecided(point: str, why: str) -> Decision:
    """Return what ``point`` decides where it could not even look."""
    return replace(decide(point, (), (), FlakyPolicy.BLOCK), reason=why)


def _settled(outcome: Outcome) -> Outcome:
    return outcome if outcome in SEVERITY else Outcome.INCONCLUSIVE


def _reason(parts: Sequence[Part], decisive: Part | None, missing: Sequence[PartName], outcome: Outcome) -> str:
    if outcome is Outcome.PASS:
        return "; ".join(part.sentence for part in parts)
    if decisive is None:
        return f"not looked at: {', '.join(missing)}"
    return f"{decisive.name}: {decisive.sentence}"
