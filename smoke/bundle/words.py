"""What a page says first: what became of the check, and whose fault it is. Pure."""

from __future__ import annotations

from smoke.bundle.bad import last_bad
from smoke.bundle.pictures import in_words
from smoke.bundle.scene import Scene
from smoke.judging.hints import MEANINGS
from smoke.judging.judged import CheckResult
from smoke.model import Blame, Finding, Outcome, Unit

WHOSE = {
    **dict.fromkeys((Blame.DNS, Blame.TCP, Blame.TLS), "the application's, or that of the network before it"),
    **dict.fromkeys((Blame.APP_5XX, Blame.APP_4XX, Blame.JS_ERROR, Blame.ASSERTION, Blame.SLOW), "the application's"),
    Blame.SAFETY: "the check's: it tried what it may not do",
    Blame.EDGE_BLOCKED: "that of a service in front of the application; of the application itself nothing is known",
    Blame.ACCOUNT: "that of the smoke account, not the application's, as far as can be seen",
    Blame.STALE_BUILD: "that of the rollout; of the expected build nothing is known",
    Blame.HARNESS: "ours, not the application's: of that nothing is known",
    Blame.RUNNER_OFFLINE: "this runner's, not the application's: of that nothing is known",
}


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
    lacks = f"the page has no {in_words(scene.used).split(' >> ')[-1]}" if scene and missing else ""
    return f"{how}: {lacks or _meaning(result)}"


def decisive(result: CheckResult) -> Finding:
    """Return the finding that decided whose fault it is."""
    found = last_bad(result).findings
    return next((finding for finding in found if finding.blame is result.blame), found[0])


def _meaning(result: CheckResult) -> str:
    attempt, blame = last_bad(result), decisive(result).blame
    causes = (finding.cause for finding in attempt.findings if finding.blame is blame and finding.cause)
    late = (each for each in attempt.measurements if each.ok is False and each.unit is Unit.MS)
    slow = next(late, None) if blame is Blame.SLOW else None
    if slow is None or slow.judged is None or slow.budget is None:
        return next(causes, MEANINGS[blame])
    return f"too slow: {slow.name} is {in_time(slow.judged)}, and may be {in_time(slow.budget)}"


def in_time(value: float) -> str:
    """Write milliseconds as people read them: ``4.11 s``."""
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def fault(blame: Blame | None) -> str:
    """Say whose fault it is; None: nobody is to blame any more."""
    return "nobody's: a later attempt passed" if blame is None else WHOSE[blame]
