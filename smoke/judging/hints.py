"""What a bad outcome most likely means, and what to do next. Pure."""

from __future__ import annotations

import re

from smoke.judging.causes import BRAKED, BROWSER_GONE, FORBIDDEN, LIMITED, RUNNER_BUSY, SLOW_ONCE, UNCONFIRMED
from smoke.model import Blame, Category, CheckKind
from smoke.observation import Finding

MEANINGS = {
    Blame.DNS: "the host name does not resolve",
    Blame.TCP: "nothing accepts connections",
    Blame.TLS: "the certificate is not accepted",
    Blame.APP_5XX: "the application answers with an error",
    Blame.APP_4XX: "a route is missing or refuses the request",
    Blame.JS_ERROR: "the page's own scripts fail",
    Blame.ASSERTION: "the application shows something else",
    Blame.SLOW: "too slow",
    Blame.EDGE_BLOCKED: "an edge service stopped this runner",
    Blame.ACCOUNT: "the smoke account cannot be used",
    Blame.STALE_BUILD: "another build is served",
    Blame.HARNESS: "the check or this runner is at fault",
    Blame.RUNNER_OFFLINE: "the runner reaches nothing",
    Blame.SAFETY: "the check sent a request that it has no permit for",
}
"""What each blame says, in words that fit into a sentence."""
BY_BLAME = {
    Blame.DNS: "The host name does not resolve: look at the DNS record and at what was deployed under this name.",
    Blame.TCP: "Nothing accepts connections: is the service running, and does the load balancer know it?",
    Blame.TLS: "The certificate is not accepted: look at its end date, its host names and its chain.",
    Blame.APP_5XX: "The application breaks while it answers: search its log for the trace id, then look at the last deployment.",
    Blame.APP_4XX: "The route is not there or refuses the request: compare the deployed routes with the release.",
    Blame.JS_ERROR: "The page's own scripts fail: compare the deployed assets with the build, then read the console log.",
    Blame.ASSERTION: "It answers, and not as expected: compare both with what this release changed.",
    Blame.SLOW: "It works but is too slow: look at database time, cache hit rate and recent load.",
    Blame.EDGE_BLOCKED: "An edge service stopped this runner before the application: add it to the allow-list there.",
    Blame.ACCOUNT: "The smoke account was refused, locked or limited: look at its state and at the secrets given to this run.",
    Blame.STALE_BUILD: "The target does not serve the expected build: wait for the rollout, or look at why it stopped.",
    Blame.HARNESS: "Not the application's fault: read the error, then mend the check or this runner.",
    Blame.RUNNER_OFFLINE: "This runner reaches nothing at all: look at its network before looking at the application.",
    Blame.SAFETY: "A check tried a write that it has no permit for: name it in `permits`; in `telemetry`, if the page only"
    " reports on itself; or mend the check.",
}
BY_CAUSE = {
    BRAKED: "The run stopped itself: raise `rate_share` or declare `rate_limits` in suite.yaml, or ask less in each run.",
    BROWSER_GONE: "The browser is missing or gone: look at this runner's memory, then run `make smoke` there once.",
    FORBIDDEN: "A check tried what `destructive` in suite.yaml forbids, which no permit allows: mend the check, or take"
    " the request out of `destructive`.",
    LIMITED: "The target takes us for too many: wait as long as Retry-After says, then run less often, or ask for a"
    " higher limit for this runner.",
    RUNNER_BUSY: "This runner is too slow to judge timings: look at what else runs here. If it says so every time, ask"
    " less of it (`--workers 1`), take a larger one, or widen its band (SMOKE_RUNNER_BAND).",
    SLOW_ONCE: "Run it again: what writes is not repeated to measure it. If it stays slow, say in `ceilings` of"
    " suite.yaml above what a single sample fails.",
    UNCONFIRMED: "Run it again: a lost connection is tried again, but not where that would write twice. If it may, say"
    " so with `repeatable`.",
}
"""By how the cause of the finding ends: it says more than whose fault it is."""
BY_WORDS = (
    (
        Blame.TLS,
        re.compile("AUTHORITY_INVALID|self.signed|unable to get (local )?issuer"),
        "This runner trusts nobody who signed the certificate: look at its chain, then at what this runner trusts.",
    ),
    (
        Blame.TLS,
        re.compile("DATE_INVALID|has expired|days left of the certificate"),
        "The certificate is at its end: renew it, and look at why nothing did.",
    ),
    (
        Blame.TLS,
        re.compile("COMMON_NAME_INVALID|[Hh]ostname mismatch"),
        "The certificate is for another host: look at its names and at where this name leads.",
    ),
    (
        Blame.ACCOUNT,
        re.compile(r"\banswered 401\b|Invalid (email|username|credentials)", re.IGNORECASE),
        "The login is refused as wrong: look at the secrets given to this run, then whether the account is still there.",
    ),
)
"""What says more than the blame alone, by what the rule says."""
ALSO = {
    Category.DATABASE: "Here that is often the connection pool or a migration.",
    Category.EXTERNAL_SERVICES: "Here that is often the third party: see its status page and this environment's credentials.",
}
"""What a category adds where the answer of the application is wrong."""
FLOW = "The screenshot and the trace show where a user cannot go on."


def hint(finding: Finding, category: Category, kind: CheckKind) -> str:
    """Suggest cause and next step: by the cause where it has a way out of its own, else by words or blame, then ``category``."""
    for end, said in BY_CAUSE.items():
        if finding.cause and finding.cause.endswith(end):
            return said
    parts = [_fitted(finding) or BY_BLAME[finding.blame]]
    if finding.blame in {Blame.APP_5XX, Blame.ASSERTION} and category in ALSO:
        parts.append(ALSO[category])
    if finding.blame is Blame.ASSERTION and kind is CheckKind.JOURNEY:
        parts.append(FLOW)
    return " ".join(parts)


def _fitted(finding: Finding) -> str | None:
    found = (fit for blame, words, fit in BY_WORDS if finding.blame is blame and words.search(finding.rule))
    return next(found, None)
