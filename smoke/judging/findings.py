"""From everything that one attempt gathered to what is wrong with it, the cause first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from smoke.judging.causes import BRAKED, BROWSER_GONE
from smoke.judging.timing import QUIET, Circumstances, over_budget
from smoke.model import Blame
from smoke.observation import Finding, Measurement

CAUSES_FIRST = (
    Blame.SAFETY,
    Blame.RUNNER_OFFLINE,
    Blame.ACCOUNT,
    Blame.EDGE_BLOCKED,
    Blame.STALE_BUILD,
    Blame.DNS,
    Blame.TLS,
    Blame.TCP,
    Blame.APP_5XX,
    Blame.APP_4XX,
    Blame.HARNESS,
    Blame.JS_ERROR,
    Blame.ASSERTION,
    Blame.SLOW,
)
"""A server error explains a missing element, not the other way round."""


def findings_of(
    failure: Finding | None,
    told_by_page: Sequence[Finding],
    measurements: Sequence[Measurement],
    circumstances: Circumstances = QUIET,
) -> tuple[Finding, ...]:
    """Combine how the journey ended, what the page did unasked, and which budgets broke.

    A refused account, an edge that stopped us, or a request that we held back ourselves explains the bad answers and
    console lines around it: it stands alone, or beside a breach of safety.
    """
    breaches = [each for each in told_by_page if each.blame is Blame.SAFETY]
    if braked := [each for each in told_by_page if each.cause == BRAKED]:
        return (*breaches, _with_end(braked[0], failure), *braked[1:])
    if failure is not None and failure.blame in {Blame.ACCOUNT, Blame.EDGE_BLOCKED}:
        return (*breaches, failure)
    broken = [over_budget(each, circumstances) for each in measurements if each.ok is False]
    found = [*broken, *told_by_page, *([failure] if failure else [])]
    if failure is None or failure.blame is not Blame.HARNESS:
        found.sort(key=lambda finding: CAUSES_FIRST.index(finding.blame))
    elif failure.cause == BROWSER_GONE:  # whatever was not seen then, was not seen for that
        found.sort(key=lambda finding: finding is not failure)
    return tuple(found)


def _with_end(finding: Finding, failure: Finding | None) -> Finding:
    """Return ``finding`` with how the journey ended as its evidence, unless that says the same."""
    if failure is None or finding.rule in failure.rule:
        return finding
    return replace(finding, evidence=(*finding.evidence, f"then: {failure.rule}", *failure.evidence))
