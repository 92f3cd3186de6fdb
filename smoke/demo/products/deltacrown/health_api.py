"""How the product says that it is well, and which version of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.services import Services


class HealthApi:
    """``/health``."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """The call that this part answers."""
        return [Route("/health", self.health)]

    async def health(self, _request: Request) -> Response:
        """Say whether the service works, and which version of it."""
        state = self._services.health()
        works = state["status"] == "healthy"
        known = {name: state[name] for name in ("version", "build", "timestamp", "uptime_seconds")}
        return JSONResponse({"status": "ok" if works else "degraded", **known}, 200 if works else 503)
