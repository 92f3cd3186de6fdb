"""Is a deployment complete? Seed 004's criteria from what a gate saw. Pure.

It never makes a decision better. What is seen not to hold blocks a release that would have proceeded; nothing is rolled
back for it, as what the target itself gets wrong is a check's to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smoke.dora.deployment import Deployment
from smoke.gates.criteria import Criterion, CriterionState, Seen, together
from smoke.gates.decision import Decision
from smoke.gates.new_endpoints import EndpointSeen, deployed
from smoke.gates.restarts import Reading, restarted
from smoke.model import Action, Category, Outcome, covers
from smoke.moments import iso

GOOD = (Outcome.PASS, Outcome.FLAKY)
BRANCH = "endpoints"
"""Checks of this branch are about what a deployment adds."""
LATE_S = 120.0
"""A point that was sent so long ago can be read."""
ELSEWHERE = "it lies in the repository of who deploys; gate.json is the proof to put there"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeen:
    """A check of the gate's run."""

    id: str
    category: Category
    critical: bool
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many points of our own metrics the monitoring service shows."""

    points: int
    sent_s_ago: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a deployment at the end of a gate; a sentence stands for what could not be looked at."""

    decision: Decision
    pipeline: tuple[Seen, ...]
    """What the environment says."""
    readings: tuple[Reading, ...] | str
    endpoints: tuple[EndpointSeen, ...] | str
    checks: tuple[CheckSeen, ...]
    flow: Flow | str


def checklist(facts: Facts) -> tuple[Seen, ...]:
    """Return every criterion but the record, which is written after the decision."""
    found = [
        *facts.pipeline,
        _restarted(facts.readings),
        _of_category(Criterion.HEALTH, facts.checks, Category.API_HEALTH),
        _smoke(facts.decision),
        _endpoints(facts.endpoints, facts.checks),
        _of_category(Criterion.DEPENDENCIES, facts.checks, Category.EXTERNAL_SERVICES),
        _of_category(Criterion.MIGRATIONS, facts.checks, Category.DATABASE),
        _flowing(facts.flow),
        Seen(Criterion.STATE_FILES, CriterionState.UNOBSERVED, ELSEWHERE),
        Seen(Criterion.HANDOFF, CriterionState.UNOBSERVED, ELSEWHERE),
    ]
    return in_order(found)


def in_order(found: Sequence[Seen]) -> tuple[Seen, ...]:
    """Return ``found`` in the order of the criteria."""
    order = list(Criterion)
    return tuple(sorted(found, key=lambda each: order.index(each.criterion)))


def recorded(record: Deployment | None, unread: str | None) -> Seen:
    """Return what was read back from the history; ``unread`` says why nobody looked."""
    if record is not None:
        said = "success" if record.success else "failed"
        return Seen(Criterion.RECORD, CriterionState.MET, f"{record.build} at {iso(record.at)}: {said}")
    if unread is not None:
        return Seen(Criterion.RECORD, CriterionState.UNOBSERVED, unread)
    return Seen(Criterion.RECORD, CriterionState.UNMET, "the history does not have it")


def completed(decision: Decision, seen: Sequence[Seen]) -> Decision:
    """Return ``decision``, which blocks if it would have proceeded and a criterion is unmet."""
    unmet = [each for each in seen if each.standing is CriterionState.UNMET]
    if not decision.passed or not unmet:
        return decision
    reason = "not complete: " + "; ".join(f"{each.criterion}: {each.evidence}" for each in unmet)
    return replace(decision, outcome=Outcome.FAIL, passed=False, action=Action.BLOCK, reason=reason)


def _restarted(readings: tuple[Reading, ...] | str) -> Seen:
    if isinstance(readings, str):
        return Seen(Criterion.RESTARTED, CriterionState.UNOBSERVED, readings)
    return Seen(Criterion.RESTARTED, *restarted(readings))


def _smoke(decision: Decision) -> Seen:
    if decision.passed:
        return Seen(Criterion.SMOKE, CriterionState.MET, f"{decision.outcome} at {decision.point}")
    standing = CriterionState.UNMET if decision.outcome in (Outcome.FAIL, Outcome.FLAKY) else CriterionState.UNOBSERVED
    return Seen(Criterion.SMOKE, standing, f"{decision.outcome} at {decision.point}: {decision.reason}")


def _endpoints(asked: tuple[EndpointSeen, ...] | str, checks: Sequence[CheckSeen]) -> Seen:
    branch = [(_standing(each), f"{each.id} {each.outcome}") for each in checks if covers(BRANCH, each.id)]
    if isinstance(asked, str):
        found = branch or [(CriterionState.UNOBSERVED, asked)]
    else:
        found = [*(deployed(each) for each in asked), *branch]
    return _told(Criterion.ENDPOINTS, found)


def _of_category(criterion: Criterion, checks: Sequence[CheckSeen], category: Category) -> Seen:
    """Judge by the checks that a verdict hangs on too."""
    required = [each for each in checks if each.category is category and each.critical]
    if not required:
        return Seen(criterion, CriterionState.UNOBSERVED, f"no required check of {category} was run")
    return _told(criterion, [(_standing(each), f"{each.id} {each.outcome}") for each in required])


def _flowing(flow: Flow | str) -> Seen:
    if isinstance(flow, str):
        return Seen(Criterion.MONITORING, CriterionState.UNOBSERVED, flow)
    if flow.points:
        shown = f"Datadog shows {flow.points} point{'s' * (flow.points != 1)} of this gate"
        return Seen(Criterion.MONITORING, CriterionState.MET, shown)
    standing = CriterionState.UNMET if flow.sent_s_ago >= LATE_S else CriterionState.UNOBSERVED
    return Seen(
        Criterion.MONITORING, standing, f"Datadog shows no point of this gate, {flow.sent_s_ago:.0f} s after its run"
    )


def _told(criterion: Criterion, found: Sequence[tuple[CriterionState, str]]) -> Seen:
    """Return what ``found`` comes to, with those as evidence that made it so."""
    standing = together(each for each, _ in found)
    return Seen(criterion, standing, ", ".join(said for each, said in found if each is standing))


def _standing(check: CheckSeen) -> CriterionState:
    if check.outcome in GOOD:
        return CriterionState.MET
    return CriterionState.UNMET if check.outcome is Outcome.FAIL else CriterionState.UNOBSERVED
