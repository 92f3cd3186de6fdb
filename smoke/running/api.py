"""The HTTP client of a journey: Playwright's, with the cookies of the browser, under the run's guard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from smoke.permission import READS
from smoke.running.guard import Guard
from smoke.running.listeners import Listeners

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, APIResponse


@dataclass(frozen=True, slots=True)
class Api:
    """Takes the arguments of Playwright's ``APIRequestContext``; raises PermissionError for what has no permit."""

    client: APIRequestContext
    guard: Guard
    listeners: Listeners
    check_id: str

    def fetch(
        self, url: str, *, method: str = "GET", headers: dict[str, str] | None = None, **rest: Any
    ) -> APIResponse:
        """Send a request; ``url`` may be relative to the target's address."""
        whole = urljoin(f"{self.guard.target.base_url}/", url)
        path = urlsplit(whole).path
        if not self.guard.allows(self.check_id, method, whole):
            raise PermissionError(f"{method} {path} has no permit in {self.check_id}")
        self.listeners.requests += 1
        if method not in READS and self.guard.target.owns(whole):
            self.listeners.writes.append((method, path))
        marks = self.guard.marks(self.check_id) if self.guard.target.owns(whole) else {}
        return self.client.fetch(whole, method=method, headers={**(headers or {}), **marks}, **rest)

    def get(self, url: str, **rest: Any) -> APIResponse:
        """Send a GET request."""
        return self.fetch(url, method="GET", **rest)

    def head(self, url: str, **rest: Any) -> APIResponse:
        """Send a HEAD request."""
        return self.fetch(url, method="HEAD", **rest)

    def post(self, url: str, **rest: Any) -> APIResponse:
        """Send a POST request."""
        return self.fetch(url, method="POST", **rest)

    def put(self, url: str, **rest: Any) -> APIResponse:
        """Send a PUT request."""
        return self.fetch(url, method="PUT", **rest)

    def patch(self, url: str, **rest: Any) -> APIResponse:
        """Send a PATCH request."""
        return self.fetch(url, method="PATCH", **rest)

    def delete(self, url: str, **rest: Any) -> APIResponse:
        """Send a DELETE request."""
        return self.fetch(url, method="DELETE", **rest)
