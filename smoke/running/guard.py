"""Stops what a check has no permission for before it leaves the browser, and marks what does leave as ours."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.marks import PRODUCT
from smoke.model import Blame, Finding
from smoke.permission import READS, Permissions
from smoke.running.target import Target, origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Route

CAN_WRITE = ("Document", "XHR", "Fetch", "Ping", "Other", "CSPViolationReport")
"""Types of request that can carry another method than GET. What only reads, most of a page, is not held up."""


@dataclass(slots=True)
class Guard:
    """Knows which check asks, and what it was refused."""

    target: Target
    permissions: Permissions
    marks: Callable[[str], dict[str, str]]
    """From the id of a check to the headers that its requests to the target carry."""
    check_id: str = ""
    """The journey that runs."""
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and check of each request that was stopped."""

    def allows(self, check_id: str, method: str, url: str) -> bool:
        """Tell whether a check may make this request; if not, note that it tried."""
        if method in READS or not self.target.owns(url):
            return True
        path = urlsplit(url).path
        if self.permissions.of(check_id, method, path) is not None:
            return True
        self.refused.append((method, path, check_id))
        return False

    def findings(self, check_id: str) -> tuple[Finding, ...]:
        """Say what ``check_id`` tried without permission."""
        tried = dict.fromkeys((method, path) for method, path, check in self.refused if check == check_id)
        return tuple(
            Finding(
                rule=f"{method} {path} is permitted: it was stopped, for {check_id} has no permit for it",
                blame=Blame.SAFETY,
            )
            for method, path in tried
        )

    def watch(self, browser: Browser) -> str:
        """Hold up every request of ``browser`` that could write, in whatever page or worker, and judge it.

        By one DevTools session for the whole browser. Returns what the browser calls itself.
        """
        session = browser.new_browser_cdp_session()
        session.on("Fetch.requestPaused", lambda event: self._judge(session, event))
        session.send("Fetch.enable", {"patterns": [{"resourceType": kind} for kind in CAN_WRITE]})
        return str(session.send("Browser.getVersion")["userAgent"])

    def watch_context(self, context: BrowserContext) -> None:
        """Do the same for one context, in browsers without a DevTools session: every request to the target waits."""
        # Playwright writes an attribute on the owner of a bound method, which frozen objects refuse.
        context.route(lambda url: self.target.owns(url), lambda route: self._judge_route(route))  # noqa: PLW0108

    def _judge_route(self, route: Route) -> None:
        request = route.request
        if not self.allows(self.check_id, request.method, request.url):
            route.abort("blockedbyclient")
            return
        headers = {**request.headers, "user-agent": f"{request.headers.get('user-agent', '')} {PRODUCT}"}
        seen = {"headers": request.headers, "url": request.url}
        kind = "Document" if request.resource_type == "document" else ""
        route.continue_(headers={**headers, **(self.marks(self.check_id) if self._is_from_home(kind, seen) else {})})

    def _judge(self, session: CDPSession, event: dict[str, Any]) -> None:
        from playwright.sync_api import Error

        request, paused = event["request"], {"requestId": event["requestId"]}
        with contextlib.suppress(Error):  # the page that asked is gone
            if not self.allows(self.check_id, request["method"], request["url"]):
                session.send("Fetch.failRequest", {**paused, "errorReason": "BlockedByClient"})
            elif self._is_from_home(event["resourceType"], request):
                headers = {**request["headers"], **self.marks(self.check_id)}
                listed = [{"name": name, "value": value} for name, value in headers.items()]
                session.send("Fetch.continueRequest", {**paused, "headers": listed})
            else:
                session.send("Fetch.continueRequest", paused)

    def _is_from_home(self, kind: str, request: dict[str, Any]) -> bool:
        """Tell whether a header of ours costs ``request`` no CORS preflight that it would not have had."""
        if not self.target.owns(request["url"]):
            return False
        referer = request["headers"].get("Referer") or request["headers"].get("referer", "")
        return kind == "Document" or origin_of(referer) == origin_of(request["url"])
