"""What makes a deployment complete (seed 004): its ten criteria, and two of its mandatory checks beside them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Criterion(StrEnum):
    """One thing that has to hold, in the order in which they are told."""

    COMMITTED = "code committed and pushed"
    PIPELINE = "pipeline succeeded"
    RESTARTED = "restarted, no crash loop"
    HEALTH = "health checks"
    SMOKE = "smoke"
    ENDPOINTS = "new endpoints"
    DEPENDENCIES = "dependencies"
    MIGRATIONS = "migrations"
    MONITORING = "monitoring is flowing"
    RECORD = "DORA record written"
    STATE_FILES = "state files updated"
    HANDOFF = "handoff with proof"


class CriterionState(StrEnum):
    """What is known of a criterion."""

    MET = "met"
    UNMET = "unmet"
    """It was looked at and does not hold."""
    UNOBSERVED = "not observable here"
    """Nobody looked, or nobody could: never as good as met."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A criterion, what is known of it, and from what."""

    criterion: Criterion
    standing: CriterionState
    evidence: str
    """One line; where it is not observable, why."""


def together(standings: Iterable[CriterionState]) -> CriterionState:
    """Return what several say of one thing: the worst that was seen; of nothing, that it was not observed."""
    every = set(standings)
    if CriterionState.UNMET in every:
        return CriterionState.UNMET
    return CriterionState.MET if every == {CriterionState.MET} else CriterionState.UNOBSERVED
