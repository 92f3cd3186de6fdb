"""What was seen of a target of our own that ended meanwhile. Pure."""

from __future__ import annotations

from functools import partial

from smoke.model import Blame, Outcome
from smoke.observation import Finding, Observation


def discounted(observation: Observation, why: str) -> Observation:
    """Return ``observation`` with nothing in it that counts against the application: it was we who lost it."""
    return observation.with_findings(partial(_finding, why))


def _finding(why: str, finding: Finding) -> Finding:
    if finding.blame is Blame.SAFETY or finding.blame.outcome is not Outcome.FAIL:
        return finding
    return Finding(rule=finding.rule, blame=Blame.HARNESS, evidence=(why, *finding.evidence))
