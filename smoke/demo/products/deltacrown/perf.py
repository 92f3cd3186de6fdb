"""The performance harness in quick mode: a handful of operations, timed where they happen."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.deltacrown.economy import Economy
from smoke.demo.products.deltacrown.shop import CATALOGUE

ROUNDS = 20


class Perf:
    """``/api/perf``: for auditors, since it costs time."""

    def __init__(self, sign_in: SignIn, economy: Economy) -> None:
        self._sign_in, self._economy = sign_in, economy

    def routes(self) -> list[Route]:
        """The call that this part answers."""
        return [Route("/api/perf", self.quick)]

    async def quick(self, request: Request) -> Response:
        """Time each operation a few times and tell the samples, in microseconds."""
        auditor = self._sign_in.user(request, "auditor")
        if request.query_params.get("mode", "quick") != "quick":
            raise ApiError(422, "invalid_fields", "Some fields are not valid", ["mode: must be quick"])
        operations: dict[str, Callable[[], object]] = {
            "wallet.balance": lambda: self._economy.balance(auditor.id),
            "wallet.entries": lambda: self._economy.entries(auditor.id, 20),
            "shop.items": lambda: json.dumps([asdict(item) for item in CATALOGUE]),
        }
        samples = [_sample(name, operation) for name, operation in operations.items()]
        return JSONResponse({"mode": "quick", "unit": "us", "rounds": ROUNDS, "samples": samples})


def _sample(name: str, operation: Callable[[], object]) -> dict[str, object]:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        operation()
        times.append((time.perf_counter_ns() - started) / 1000)
    return {"operation": name, "median": round(statistics.median(times), 1), "max": round(max(times), 1)}
