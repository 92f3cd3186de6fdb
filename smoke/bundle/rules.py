"""The rules that an attempt broke: the one that decided first, and which may follow from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smoke.calibration import Calibration
from smoke.judging.findings import CAUSES_FIRST
from smoke.model import Blame
from smoke.observation import Attempt, Finding

ONCE = ("trace id ", "runner: ")
"""How lines of evidence begin that the page has in a place of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Broken rules, each with the evidence that is its own."""

    first: tuple[Finding, ...]
    """The one that decided, and those that it does not explain."""
    following: tuple[Finding, ...]
    """Those that may follow from it."""
    runner: str
    """How fast the runner was; empty: nobody asked."""


def rules_of(attempt: Attempt, decided: Finding) -> Rules:
    """Return the rules that ``attempt`` broke, of which ``decided`` is one."""
    found = [(each is decided, _follows(each, decided), _own(each)) for each in attempt.findings]
    return Rules(
        first=tuple(each for _, follows, each in sorted(found, key=lambda it: not it[0]) if not follows),
        following=tuple(each for _, follows, each in found if follows),
        runner=_in_words(attempt.calibration) if attempt.calibration else "",
    )


def _own(finding: Finding) -> Finding:
    return replace(finding, evidence=tuple(each for each in finding.evidence if not each.startswith(ONCE)))


def _follows(finding: Finding, decided: Finding) -> bool:
    """Tell whether ``decided`` may explain ``finding``: by cause, by rank, or as one more time too long."""
    if finding is decided:
        return False
    if finding.blame is decided.blame:
        return finding.blame is Blame.SLOW or (finding.cause is not None and finding.cause == decided.cause)
    return CAUSES_FIRST.index(finding.blame) > CAUSES_FIRST.index(decided.blame)


def _in_words(calibration: Calibration) -> str:
    how = "fast enough to judge that" if calibration.is_within else "slow itself"
    took = f"its {calibration.reference} took {calibration.value_ms:.0f} ms"
    return f"This runner was {how}: {took}, and up to {calibration.band_ms:g} ms are good."
