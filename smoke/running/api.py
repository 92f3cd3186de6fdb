"""The HTTP client of a journey: Playwright's, with the cookies of the browser, under the run's guard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from smoke.running.guard import Guard

if TYPE_CHECKING:
    from playwright.sync_api import APIRequestContext, APIResponse


@dataclass(frozen=True, slots=True)
class Api:
    """Takes the arguments of Playwright's ``APIRequestContext``; raises PermissionError for what the guard stops."""

    client: APIRequestContext
    guard: Guard
    check_id: str
    heard: Callable[[str, str, int, Mapping[str, str]], None]
    """Told method, address, status and headers of each answer of the target."""

    def fetch(
        self, url: str, *, method: str = "GET", headers: dict[str, str] | None = None, **rest: Any
    ) -> APIResponse:
        """Send a request; ``url`` may be relative to the target's address."""
        whole = urljoin(f"{self.guard.target.base_url}/", url)
        if not self.guard.allows(self.check_id, method, whole):
            raise PermissionError(self.guard.findings(self.check_id)[-1].rule)
        self.guard.seen(self.check_id, method, whole)
        marks = self.guard.marks(self.check_id) if self.guard.target.owns(whole) else {}
        answer = self.client.fetch(whole, method=method, headers={**(headers or {}), **marks}, **rest)
        if self.guard.target.owns(whole):
            self.heard(method, whole, answer.status, answer.headers)
        return answer

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
