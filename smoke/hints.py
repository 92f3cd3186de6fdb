"""What a bad outcome most likely means, and what to do next. Pure."""

from __future__ import annotations

from smoke.model import Blame, Category, CheckKind

BY_BLAME = {
    Blame.DNS: "The host name does not resolve: look at the DNS record and at what was deployed under this name.",
    Blame.TCP: "Nothing accepts connections: is the service running, and does the load balancer know it?",
    Blame.TLS: "The certificate is not accepted: look at its end date, its host names and its chain.",
    Blame.APP_4XX: "The route is not there or refuses us: compare the deployed routes with the release.",
    Blame.JS_ERROR: "The page's own scripts fail: compare the deployed assets with the build, then read the console log.",
    Blame.SLOW: "It works but is too slow: look at database time, cache hit rate and recent load.",
    Blame.EDGE_BLOCKED: "An edge service stopped us before the application: add this runner to its allow-list.",
    Blame.ACCOUNT: "The smoke account was refused, locked or limited: look at its state and at the secrets given to this run.",
    Blame.STALE_BUILD: "The target does not serve the expected build: wait for the rollout, or look at why it stopped.",
    Blame.HARNESS: "The fault is ours, not the application's: read the error below.",
    Blame.RUNNER_OFFLINE: "This runner reaches nothing at all: look at its network before looking at the application.",
    Blame.SAFETY: "A check tried a request that it has no permission for: name it in `permits`, or mend the check.",
}
BY_CATEGORY = {
    Category.API_HEALTH: "Look at the application's log and at the state of the services that the health endpoint names.",
    Category.DATABASE: "Look at the connection pool, at migrations, and at the database's own health.",
    Category.EXTERNAL_SERVICES: "Look at the third party's status page and at the credentials configured for this environment.",
    Category.AUTHENTICATION: "Look at the session store, the signing keys and the cookie settings of this release.",
    Category.CRITICAL_PATHS: "Open the screenshot and the trace: a user cannot finish this flow.",
}


OF_PROBES = {
    Category.CRITICAL_PATHS: "Compare the answer with what was expected: a user cannot finish this flow.",
}
"""Where the category's hint speaks of what only a browser leaves."""


def hint(category: Category, blame: Blame, kind: CheckKind) -> str:
    """Suggest cause and next step: by ``blame`` where that says enough, else by ``category``."""
    by_category = {**BY_CATEGORY, **OF_PROBES} if kind is CheckKind.PROBE else BY_CATEGORY
    return BY_BLAME.get(blame) or by_category[category]
