"""What every reply carries, and which origins may call."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoke.demo import timing

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Envelope:
    """Middleware: request id, build id, time spent and security headers on every reply."""

    def __init__(self, app: ASGIApp, *, build: str) -> None:
        self._app, self._build = app, build

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its reply."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        clock = timing.begin()
        request_id = _request_id(Headers(scope=scope).get("x-request-id", ""))

        async def send_in_envelope(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                headers["X-Request-ID"] = request_id
                headers["X-Build-ID"] = self._build
                headers["Server-Timing"] = clock.header()
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_in_envelope)


class Origins:
    """Middleware: CORS with credentials for listed origins, 403 for every other one (Fetch, section 3.3).

    A page's own origin, which browsers name when they post, is always allowed.
    """

    def __init__(self, app: ASGIApp, *, allowed: Collection[str]) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, answer a preflight, or refuse a foreign origin."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        if origin not in self._allowed and urlsplit(origin).netloc != headers.get("host"):
            await JSONResponse({"error": "Origin not allowed"}, 403, {"Vary": "Origin"})(scope, receive, send)
            return

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply = MutableHeaders(scope=message)
                reply["Access-Control-Allow-Origin"] = origin
                reply["Access-Control-Allow-Credentials"] = "true"
                reply["Access-Control-Expose-Headers"] = "X-Request-ID, X-Build-ID, X-RateLimit-Remaining"
                reply.add_vary_header("Origin")
            await send(message)

        preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        app = _preflight() if preflight else self._app
        await app(scope, receive, send_with_cors)


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-ID",
            "Access-Control-Max-Age": "600",
        },
    )


def _request_id(given: str) -> str:
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
