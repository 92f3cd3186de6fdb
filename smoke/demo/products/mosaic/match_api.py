"""The semantic match upgrade: matching, the re-ranker behind it, and analytics about both."""

from __future__ import annotations

import time
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.fields import Fields, json_object
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.mosaic.analytics import Analytics
from smoke.demo.products.mosaic.matching import LIBRARY, MODEL, RERANKER, Matcher

MOST_MATCHES = 10


class MatchApi:
    """``/semantic-match``, ``/reranker`` and ``/analytics``."""

    def __init__(self, sign_in: SignIn, matcher: Matcher, analytics: Analytics) -> None:
        self._sign_in, self._matcher, self._analytics = sign_in, matcher, analytics

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/semantic-match", self.match, methods=["POST"]),
            Route("/reranker/health", self.reranker),
            Route("/analytics/health", self.analytics),
            Route("/analytics/summary", self.summary),
        ]

    async def match(self, request: Request) -> Response:
        """Find the exercises that fit a question; the question itself is not kept."""
        fields = Fields(await json_object(request))
        question, limit = fields.text("query", 1000), fields.integer("limit", MOST_MATCHES, 3)
        fields.check()
        started = time.perf_counter()
        matches = self._matcher.match(question, limit)
        self._analytics.note(len(matches), (time.perf_counter() - started) * 1000)
        answer = {"model": MODEL, "reranker": RERANKER, "matches": [asdict(match) for match in matches]}
        return JSONResponse(answer)

    async def reranker(self, _request: Request) -> Response:
        """Say whether the re-ranker works, by letting it rank."""
        works = bool(self._matcher.match(LIBRARY[0].title, 1))
        return JSONResponse({"status": "ok" if works else "degraded", "model": RERANKER}, 200 if works else 503)

    async def analytics(self, _request: Request) -> Response:
        """Say whether analytics can be written and read."""
        return JSONResponse({"status": "ok", "events": self._analytics.count()})

    async def summary(self, request: Request) -> Response:
        """Numbers about past matches, for members."""
        self._sign_in.user(request, "member")
        return JSONResponse(self._analytics.summary())
