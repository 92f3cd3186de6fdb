"""What the Shopify API reads: dashboard and segments."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.cache import Cache
from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.astronote.campaigns import Campaigns
from smoke.demo.products.astronote.merchants import ROLE
from smoke.demo.products.astronote.reports import SHOPIFY, dashboard, reports

CENTS_A_MESSAGE = 6


class ShopifyApi:
    """``/api/dashboard`` and ``/api/segments``."""

    def __init__(self, merchants: SignIn, cache: Cache, campaigns: Campaigns) -> None:
        self._merchants, self._cache, self._campaigns = merchants, cache, campaigns

    def routes(self) -> list[BaseRoute]:
        """The calls that this part answers."""
        return [
            Route("/api/dashboard", self.dashboard),
            Route("/api/segments", self.segments),
            Route("/api/segments/{segment}", self.segment),
        ]

    async def dashboard(self, request: Request) -> Response:
        """The last seven days; test data is not counted."""
        owner = self._merchants.user(request, ROLE)
        segments = self._campaigns.segments()
        totals = {
            "contacts": max(segment.size for segment in segments),
            "segments": len(segments),
            "campaigns": sum(not campaign.test for campaign in self._campaigns.of(owner.id)),
        }
        return JSONResponse(dashboard(reports(SHOPIFY, datetime.now(UTC).date()), totals))

    async def segments(self, request: Request) -> Response:
        """Every segment, the largest first."""
        self._merchants.user(request, ROLE)
        found = self._cache.fetch("astronote:segments", self._campaigns.segments)
        return JSONResponse({"segments": [segment.public() for segment in found], "count": len(found)})

    async def segment(self, request: Request) -> Response:
        """One segment, and what a message to it would cost."""
        self._merchants.user(request, ROLE)
        segment = self._campaigns.segment(request.path_params["segment"])
        if segment is None:
            raise ApiError(404, "unknown_segment", "There is no such segment")
        estimate = {"messages": segment.size, "cents": segment.size * CENTS_A_MESSAGE}
        return JSONResponse({**segment.public(), "estimate": estimate})
