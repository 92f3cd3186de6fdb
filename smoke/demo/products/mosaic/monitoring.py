"""Counters in the Prometheus text format (version 0.0.4), and the alerts that watch them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_UNCOUNTED = "/metrics"
"""Reading the counters does not move them."""

ALERTS = (
    {"feature": "semantic-match", "name": "MatchErrorRate", "when": "5xx of /semantic-match > 1 % for 5 min"},
    {"feature": "reranker", "name": "RerankerDown", "when": "/reranker/health not 200 for 2 min"},
    {"feature": "analytics", "name": "AnalyticsSilent", "when": "no match event for 30 min"},
)


class Metrics:
    """Requests by path and status, and the time they took."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._paths: frozenset[str] = frozenset()
        self._started = time.time()

    def know(self, paths: Iterable[str]) -> None:
        """Count these paths under their own name, from 0, and all others as one."""
        self._paths = frozenset(paths)
        self._requests.update(dict.fromkeys(((path, 200) for path in self._paths), 0))

    def counting(self, app: ASGIApp) -> ASGIApp:
        """Middleware: count what ``app`` answers."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] == _UNCOUNTED:
                await app(scope, receive, send)
                return
            path, begun = scope["path"] if scope["path"] in self._paths else "other", time.perf_counter()

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._requests[path, message["status"]] += 1
                    self._seconds[path] += time.perf_counter() - begun
                await send(message)

            await app(scope, receive, noted)

        return counted

    def exposition(self) -> str:
        """Every counter in the text format."""
        lines = [
            "# HELP mosaic_http_requests_total Requests answered.",
            "# TYPE mosaic_http_requests_total counter",
        ]
        lines += [
            f'mosaic_http_requests_total{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in sorted(self._requests.items())
        ]
        lines += [
            "# HELP mosaic_http_request_seconds_total Time until the reply began.",
            "# TYPE mosaic_http_request_seconds_total counter",
        ]
        lines += [
            f'mosaic_http_request_seconds_total{{path="{path}"}} {seconds:.6f}'
            for path, seconds in sorted(self._seconds.items())
        ]
        lines += [
            "# HELP mosaic_process_start_time_seconds Start of the process since the epoch.",
            "# TYPE mosaic_process_start_time_seconds gauge",
            f"mosaic_process_start_time_seconds {self._started:.3f}",
        ]
        return "\n".join(lines) + "\n"


class MonitoringApi:
    """``/metrics`` and ``/monitoring``."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [Route("/metrics", self.metrics), Route("/monitoring/alerts", self.alerts)]

    async def metrics(self, _request: Request) -> Response:
        """Counters for the collector."""
        return Response(self._metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def alerts(self, _request: Request) -> Response:
        """The alerts that are configured, each with the feature it watches."""
        return JSONResponse({"alerts": list(ALERTS)})
