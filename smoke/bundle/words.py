"""What a page says first: what became of the check, and whose fault it is. Pure."""

from __future__ import annotations

import re

from smoke.bundle.bad import last_bad
from smoke.bundle.pictures import in_words
from smoke.bundle.scene import Scene
from smoke.judging.causes import BROWSER_GONE, RUNNER_BUSY
from smoke.judging.hints import MEANINGS
from smoke.judging.judged import CheckResult
from smoke.model import Blame, Outcome
from smoke.observation import Finding, Unit, told

REFUSED = re.compile(r"\b([A-Z]+ \S+) (?:answered )?(4\d\d)\b")
"""A request beside its status, as rules and evidence have it."""
STATUS = re.compile(r"status \((4\d\d)\)")
OWNERS = {
    **dict.fromkeys((Blame.DNS, Blame.TCP, Blame.TLS), "the application, or the network before it"),
    **dict.fromkeys((Blame.APP_5XX, Blame.APP_4XX, Blame.JS_ERROR, Blame.ASSERTION, Blame.SLOW), "the application"),
    Blame.SAFETY: "the check's author",
    Blame.EDGE_BLOCKED: "an edge service",
    Blame.ACCOUNT: "the smoke account",
    Blame.STALE_BUILD: "the rollout",
    Blame.HARNESS: "the check, or this runner",
    Blame.RUNNER_OFFLINE: "this runner",
}
OWN_CODE = "at "
"""How evidence begins that names a line of a check."""


def sentence(result: CheckResult, scene: Scene | None, missing: str) -> str:
    """Say what became of a bad check, in which step, and why, in words that need no knowledge of its rules.

    ``missing`` is empty unless the last element that was used is not there.
    """
    number, where = len(result.attempts), f" in step “{scene.step}”" if scene and scene.step else ""
    match result.outcome:
        case Outcome.FLAKY:
            how = f"It failed{where}, and passed at attempt {number}"
        case Outcome.INCONCLUSIVE:
            how = f"It could not be judged{where}"
        case _:
            how = f"It failed{where}" + (f", at all {number} attempts" if number > 1 else "")
    if result.blame is Blame.SAFETY:
        how = f"{how}, not by the application's fault"
    lacks = f"the page has no {in_words(scene.used).split(' >> ')[-1]}" if scene and missing else ""
    return f"{how}: {lacks or _meaning(result)}"


def decisive(result: CheckResult) -> Finding:
    """Return the finding that decided whose fault it is."""
    found = last_bad(result).findings
    return next((finding for finding in found if finding.blame is result.blame), found[0])


def _meaning(result: CheckResult) -> str:
    attempt, decided = last_bad(result), decisive(result)
    blame = decided.blame
    if cause := next((each.cause for each in attempt.findings if each.blame is blame and each.cause), None):
        return cause
    late = next((each for each in attempt.measurements if each.ok is False and each.unit is Unit.MS), None)
    if blame is Blame.SLOW and late and late.judged is not None and late.budget is not None:
        return f"{late.name} took {in_time(late.judged)}; the limit is {in_time(late.budget)}"
    if blame is Blame.APP_4XX:
        return _refused(decided) or MEANINGS[blame]
    if blame is Blame.HARNESS and (line := own_line(decided)):
        return f"the check's own code broke at {line}"
    return MEANINGS[blame]


def _refused(finding: Finding) -> str | None:
    """Say which request was refused, and how, if the finding tells."""
    if found := REFUSED.search(told([finding])):
        return f"{found[1]} answers {found[2]}"
    status = STATUS.search(finding.rule)
    return f"{finding.evidence[0]} answers {status[1]}" if status and finding.evidence else None


def own_line(finding: Finding) -> str:
    """Return file and line of the check's own code that a finding names; empty: none."""
    return next((each.removeprefix(OWN_CODE) for each in finding.evidence if each.startswith(OWN_CODE)), "")


def in_time(value: float) -> str:
    """Write milliseconds as people read them: ``4.11 s``."""
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def owner(finding: Finding) -> str:
    """Say who has to look at it, so that the code of the blame needs no explanation."""
    if finding.blame is not Blame.HARNESS:
        return OWNERS[finding.blame]
    if finding.cause in {BROWSER_GONE, RUNNER_BUSY}:
        return OWNERS[Blame.RUNNER_OFFLINE]
    return OWNERS[Blame.SAFETY] if own_line(finding) else OWNERS[Blame.HARNESS]


def acquitted(blame: Blame) -> str:
    """Say what its owner means for the application; empty where it is the owner."""
    match blame.outcome:
        case Outcome.INCONCLUSIVE:
            return "not the application, of which nothing is known"
        case _:
            return "not the application" if blame is Blame.SAFETY else ""
