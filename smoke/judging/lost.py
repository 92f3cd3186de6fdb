"""What was seen of a target of our own that ended meanwhile. Pure."""

from __future__ import annotations

from dataclasses import replace

from smoke.model import Blame, Outcome
from smoke.observation import Attempt, Finding, Observation


def discounted(observation: Observation, why: str) -> Observation:
    """Return ``observation`` with nothing in it that counts against the application: it was we who lost it."""
    return replace(observation, attempts=tuple(_attempt(each, why) for each in observation.attempts))


def _attempt(attempt: Attempt, why: str) -> Attempt:
    return replace(attempt, findings=tuple(_finding(each, why) for each in attempt.findings))


def _finding(finding: Finding, why: str) -> Finding:
    if finding.blame is Blame.SAFETY or finding.blame.outcome is not Outcome.FAIL:
        return finding
    return Finding(rule=finding.rule, blame=Blame.HARNESS, evidence=(why, *finding.evidence))
