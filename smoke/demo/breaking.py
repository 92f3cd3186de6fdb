"""The breaks that need to know nothing but the path of a request."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from smoke.demo.breaks import Break, Switchboard

HEALTH_PATHS = frozenset({"/health", "/api/v1/health", "/api/v1/status"})
LOGIN_PATH = "/api/v1/auth/login"
SLOW_S = 4.0
HEALTH_SLOW_S = 0.25


class Breaking:
    """Middleware: delays or fails whole requests while a break asks for it."""

    def __init__(self, app: ASGIApp, *, breaks: Switchboard) -> None:
        self._app, self._breaks = app, breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, later or not at all."""
        path = scope.get("path", "")
        await asyncio.sleep(self._delay_s(path))
        app = self._failure(path) or self._app
        await app(scope, receive, send)

    def _delay_s(self, path: str) -> float:
        if path == "/" and Break.SLOW in self._breaks:
            return SLOW_S
        return HEALTH_SLOW_S if path in HEALTH_PATHS and Break.HEALTH_SLOW in self._breaks else 0.0

    def _failure(self, path: str) -> ASGIApp | None:
        if path == LOGIN_PATH and Break.LOGIN_ERROR in self._breaks:
            return JSONResponse({"error": "Internal server error"}, 500)
        if path == "/" and Break.FIRST_REQUEST_FAILS in self._breaks and self._breaks.spend_first():
            return PlainTextResponse("Service Unavailable", 503, headers={"Retry-After": "1"})
        return None
