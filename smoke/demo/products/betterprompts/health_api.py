"""How the product says that it is well."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from smoke.demo.products.betterprompts.history import History
from smoke.demo.services import Services

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class HealthApi:
    """The health, status and test endpoints; as built there are fewer of them and they say less."""

    def __init__(self, services: Services, history: History) -> None:
        self._services, self._history = services, history

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        if self._services.options.planned:
            calls: dict[str, Endpoint] = {
                "/health": self.full,
                "/api/v1/health": self.full,
                "/api/v1/status": self.full,
                "/api/v1/test": self.test,
            }
        else:
            calls = {"/health": self.word, "/api/v1/health": self.gateway}
        return [Route(path, call) for path, call in {**calls, "/api/v1/ready": self.ready}.items()]

    async def full(self, _request: Request) -> Response:
        """Everything that is known, with the number of saved prompts."""
        return JSONResponse({**self._services.health(), "enhancements_saved": self._history.count()})

    async def test(self, _request: Request) -> Response:
        """The same for monitors, with the rate limit that applies to them."""
        limit = {"active": True, "limit": self._services.limiter.limit, "window_seconds": 60}
        return JSONResponse({**self._services.health(), "rate_limit": limit})

    async def ready(self, _request: Request) -> Response:
        """200 while every part works, else 503."""
        ready = self._services.health()["status"] == "healthy"
        return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)

    async def word(self, _request: Request) -> Response:
        """As built: one word."""
        return PlainTextResponse(str(self._services.health()["status"]))

    async def gateway(self, _request: Request) -> Response:
        """As built: the gateway speaks for itself only."""
        return JSONResponse({"status": self._services.health()["status"], "service": "api-gateway"})
