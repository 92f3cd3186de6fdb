"""How the two APIs and the worker say that they are well."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.products.astronote.jobs import Jobs
from smoke.demo.products.astronote.worker import Worker
from smoke.demo.services import Services

DEEPEST = 1000
"""Jobs that may wait before the queue counts as unhealthy."""


class Health:
    """The health endpoints of one API; ``worker`` is None where there is none."""

    def __init__(self, services: Services, jobs: Jobs, worker: Worker | None) -> None:
        self._services, self._jobs, self._worker = services, jobs, worker

    def shopify_routes(self) -> list[BaseRoute]:
        """What the Shopify API answers."""
        return [
            Route("/health", self.brief),
            Route("/health/full", self.full),
            Route("/health/worker", self.worker),
        ]

    def retail_routes(self) -> list[BaseRoute]:
        """What the retail API answers."""
        return [Route("/healthz", self.brief), Route("/readyz", self.ready), Route("/health/db", self.database)]

    async def brief(self, _request: Request) -> Response:
        """Status, version and the state of each part."""
        return JSONResponse(self._summary())

    async def full(self, _request: Request) -> Response:
        """The same with the queue in numbers; 503 unless every part works."""
        summary = self._summary()
        queue = self._worker.public() if self._worker else {"depth": self._jobs.depth()}
        return JSONResponse({**summary, "queue": queue}, 200 if summary["status"] == "healthy" else 503)

    async def ready(self, _request: Request) -> Response:
        """200 while every part works, else 503."""
        works = all(self._parts().values())
        return JSONResponse({"status": "ready" if works else "not ready", "services": self._states()}, _code(works))

    async def database(self, _request: Request) -> Response:
        """How long a query takes, in milliseconds."""
        begun = time.perf_counter()
        works = self._services.database_works()
        elapsed = (time.perf_counter() - begun) * 1000
        return JSONResponse({"status": _state(works=works), "query_ms": round(elapsed, 3)}, _code(works))

    async def worker(self, _request: Request) -> Response:
        """Heartbeat, depth and processed jobs; 503 while the worker is silent."""
        assert self._worker is not None
        return JSONResponse(self._worker.public(), _code(self._worker.alive))

    def _summary(self) -> dict[str, object]:
        works = all(self._parts().values())
        return {
            "status": "healthy" if works else "degraded",
            "version": self._services.options.version,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "uptime_seconds": round(time.monotonic() - self._services.started, 3),
            "services": self._states(),
        }

    def _states(self) -> Mapping[str, str]:
        return {name: _state(works=works) for name, works in self._parts().items()}

    def _parts(self) -> Mapping[str, bool]:
        queue = self._jobs.depth() < DEEPEST and (self._worker is None or self._worker.alive)
        return {
            "database": self._services.database_works(),
            "redis": self._services.cache_works(),
            "queue": queue,
        }


def _state(*, works: bool) -> str:
    return "healthy" if works else "unhealthy"


def _code(works: bool) -> int:  # noqa: FBT001
    return 200 if works else 503
