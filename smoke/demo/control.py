"""The endpoint through which the process that started the application changes its breaks."""

from __future__ import annotations

import json
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from smoke.demo.breaks import Break, Switchboard
from smoke.demo.handoff import CONTROL_PATH, TOKEN_HEADER


class Control:
    """Middleware: ``PUT /__demo__/breaks`` with the control token; without it nothing is there."""

    def __init__(self, app: ASGIApp, *, token: str, breaks: Switchboard) -> None:
        self._app, self._token, self._breaks = app, token, breaks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the control request, pass every other one on."""
        if scope["type"] == "http" and scope["path"] == CONTROL_PATH and scope["method"] == "PUT":
            request = Request(scope, receive)
            if secrets.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self._token.encode()):
                response = self._replace(await request.body())
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _replace(self, body: bytes) -> Response:
        try:
            breaks = frozenset(Break(name) for name in json.loads(body))
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": "Invalid request body", "details": str(error)}, 400)
        self._breaks.replace(breaks)
        return JSONResponse(sorted(breaks))
