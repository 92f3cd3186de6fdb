"""A request budget for each client, told in X-RateLimit headers and enforced with 429 (RFC 6585, section 4)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoke.demo.breaks import Break, Switchboard

WINDOW_S = 60
_CLIENTS = 10_000
"""Clients that are remembered before old ones are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a client has left."""

    limit: int
    remaining: int
    reset: int
    """When the budget is full again, in seconds since the epoch."""
    refused: bool = False

    def write(self, headers: MutableHeaders) -> None:
        """Add the three headers."""
        headers["X-RateLimit-Limit"] = str(self.limit)
        headers["X-RateLimit-Remaining"] = str(self.remaining)
        headers["X-RateLimit-Reset"] = str(self.reset)


class Limiter:
    """Counts requests of each client in windows of one minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._windows: dict[str, tuple[int, int]] = {}

    def take(self, client: str, now: float) -> Quota:
        """Count one request of a client at ``now`` (seconds since the epoch)."""
        used, reset = self._windows.get(client, (0, 0))
        if now >= reset:
            used, reset = 0, int(now) + WINDOW_S
            self._forget_old(now)
        refused = used >= self.limit
        used += not refused
        self._windows[client] = (used, reset)
        return Quota(limit=self.limit, remaining=self.limit - used, reset=reset, refused=refused)

    def _forget_old(self, now: float) -> None:
        if len(self._windows) > _CLIENTS:
            self._windows = {key: held for key, held in self._windows.items() if held[1] > now}


class RateLimit:
    """Middleware: applies a limiter to the paths below ``/api/``."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, breaks: Switchboard) -> None:
        self._app, self._limiter, self._breaks = app, limiter, breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429 in its place."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        quota = self._limiter.take(client, time.time())

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start" and Break.NO_RATE_LIMIT_HEADERS not in self._breaks:
                quota.write(MutableHeaders(scope=message))
            await send(message)

        app = _too_many(quota) if quota.refused else self._app
        await app(scope, receive, send_with_quota)


def _too_many(quota: Quota) -> JSONResponse:
    wait = max(1, quota.reset - int(time.time()))
    body = {"error": "Rate limit exceeded", "retry_after": wait}
    return JSONResponse(body, 429, headers={"Retry-After": str(wait)})
