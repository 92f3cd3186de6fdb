"""Which checks have something to explain. Pure."""

from __future__ import annotations

from smoke.judging.judged import CheckResult
from smoke.model import Outcome
from smoke.observation import Attempt

FOLDER = "failures"
"""Of the pages, among the reports."""
LIST = f"{FOLDER}/index.html"
"""The page that leads to all of them, among the reports."""
BAD = (Outcome.FAIL, Outcome.FLAKY, Outcome.INCONCLUSIVE)


def is_bad(result: CheckResult) -> bool:
    """Tell whether there is something to explain."""
    return result.outcome in BAD and any(attempt.findings for attempt in result.attempts)


def last_bad(result: CheckResult) -> Attempt:
    """Return the last attempt with findings, of a check that is bad."""
    return [attempt for attempt in result.attempts if attempt.findings][-1]
