"""What the retail API reads: dashboard and stores."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.astronote.merchants import ROLE
from smoke.demo.products.astronote.reports import RETAIL, dashboard, reports
from smoke.demo.store import Store


class RetailApi:
    """``/api/dashboard`` and ``/api/stores``."""

    def __init__(self, merchants: SignIn, store: Store) -> None:
        self._merchants, self._store = merchants, store

    def routes(self) -> list[BaseRoute]:
        """The calls that this part answers."""
        return [Route("/api/dashboard", self.dashboard), Route("/api/stores", self.stores)]

    async def dashboard(self, request: Request) -> Response:
        """The last seven days."""
        self._merchants.user(request, ROLE)
        row = self._store.one("SELECT count(*), sum(visits) FROM astronote_stores")
        totals = {"stores": row[0], "visits": row[1]} if row else {}
        return JSONResponse(dashboard(reports(RETAIL, datetime.now(UTC).date()), totals))

    async def stores(self, request: Request) -> Response:
        """Every store, the busiest first."""
        self._merchants.user(request, ROLE)
        rows = self._store.all("SELECT * FROM astronote_stores ORDER BY visits DESC")
        return JSONResponse({"stores": [dict(row) for row in rows]})
