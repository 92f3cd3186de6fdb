"""Writes what was seen as parts of a decision, with what the point asks for where it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from smoke.config.points import ExecutionPoint
from smoke.gates.checking import Checked
from smoke.gates.cohort import CohortProof, CohortTerms
from smoke.gates.comparison import Compared, Relation
from smoke.gates.decision import Part, PartName
from smoke.gates.sample import Sample, tally_of
from smoke.gates.watching import Watch
from smoke.judging.builds import BuildProof, BuildStanding
from smoke.model import Category, Outcome

SINGLE = 1
"""Failures that may be a dropped request: light looks are asked once."""
DEFAULT_MAX_ERROR_RATE = 0.01


def build_part(point: ExecutionPoint, expected: str, seen: Mapping[str, int], silent: int) -> Part:
    """Return what all answers together say of the build."""
    proof = BuildProof(expected=expected, seen=seen, silent=silent)
    return _build(point, proof.outcome, proof.sentence, proof.standing)


def not_live(point: ExecutionPoint, sentence: str, seen: Mapping[str, int]) -> Part:
    """Return what it means that the expected build was waited for in vain, while those in ``seen`` answered."""
    standing = BuildStanding.STALE if seen else BuildStanding.UNSEEN
    return _build(point, Outcome.INCONCLUSIVE, sentence, standing)


def _build(point: ExecutionPoint, outcome: Outcome, sentence: str, standing: BuildStanding) -> Part:
    """Return the part of the build; where the point says what a stale one means, that is a failure and no doubt."""
    if point.on_stale is None or standing not in (BuildStanding.STALE, BuildStanding.MIXED):
        return _part(point, PartName.BUILD, outcome, sentence)
    asked = point.on_stale
    return Part(
        name=PartName.BUILD,
        outcome=Outcome.FAIL,
        sentence=sentence,
        on_failure=asked.action,
        severity=asked.severity,
    )


def checks_part(point: ExecutionPoint, seen: Checked, build: str | None) -> Part:
    """Return what the run of the checks came to; where only others than ``build`` answered, its failure is theirs."""
    proof = BuildProof(expected=build, seen=seen.builds, silent=seen.silent) if build else None
    if seen.verdict is Outcome.FAIL and proof and proof.standing is BuildStanding.STALE:
        said = f"it is not {build} that failed: {seen.reason}; {proof.sentence}"
        return _part(point, PartName.CHECKS, Outcome.INCONCLUSIVE, said, seen.failed_category)
    return _part(point, PartName.CHECKS, seen.verdict, seen.reason, seen.failed_category)


def cohort_part(point: ExecutionPoint, terms: CohortTerms, build: str, samples: Sequence[Sample]) -> Part:
    """Return whether the canary was met often enough, and what it answered to those who met it."""
    met = [sample for sample in samples if sample.is_of(build)]
    tally = tally_of(met)
    limit = point.max_error_rate or DEFAULT_MAX_ERROR_RATE
    if tally.failed > max(SINGLE, limit * tally.judged):
        first = next(look for sample in met for look in sample.looks if look.outcome is Outcome.FAIL)
        said = f"{tally.failed} of {tally.judged} requests to the canary failed; first: {first.check_id}: {first.rule}"
        return _part(point, PartName.COHORT, Outcome.FAIL, said)
    proof = CohortProof(terms=terms, sessions=len(samples), confirmed=len(met))
    return _part(point, PartName.COHORT, proof.outcome, proof.sentence)


def comparison_part(point: ExecutionPoint, compared: Sequence[Compared]) -> Part:
    """Return whether the canary is worse than the stable build; too few samples of anything conclude nothing."""
    findings = Counter(each.finding for each in compared)
    if findings[Relation.WORSE]:
        worse = "; ".join(each.sentence for each in compared if each.finding is Relation.WORSE)
        return _part(point, PartName.COMPARISON, Outcome.FAIL, f"the canary is worse than the stable build: {worse}")
    if findings[Relation.TOO_FEW]:
        few = next(each.sentence for each in compared if each.finding is Relation.TOO_FEW)
        return _part(point, PartName.COMPARISON, Outcome.INCONCLUSIVE, f"too little to compare: {few}")
    if not compared:
        return unseen(point, PartName.COMPARISON, "nothing was compared")
    said = f"the canary is no worse than the stable build in {len(compared)} comparisons"
    return _part(point, PartName.COMPARISON, Outcome.PASS, said)


def monitoring_part(point: ExecutionPoint, watch: Watch) -> Part:
    """Return whether the error rate kept its limit; a monitoring period may ask for an action of its own."""
    asked = point.monitoring.on_failure if point.monitoring else None
    terms = asked or point.on_failure
    return Part(
        name=PartName.MONITORING,
        outcome=watch.standing.outcome,
        sentence=watch.sentence,
        on_failure=terms.action,
        severity=terms.severity,
    )


def unseen(point: ExecutionPoint, name: PartName, why: str) -> Part:
    """Return a part that could not be looked at."""
    return _part(point, name, Outcome.INCONCLUSIVE, why)


def _part(
    point: ExecutionPoint, name: PartName, outcome: Outcome, sentence: str, failed: Category | None = None
) -> Part:
    return Part(
        name=name,
        outcome=outcome,
        sentence=sentence,
        on_failure=point.on_failure.action,
        severity=point.on_failure.severity,
        failed_category=failed,
    )
