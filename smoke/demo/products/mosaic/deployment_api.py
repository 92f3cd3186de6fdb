"""What a deployment says about itself: health, boot, packages and schema."""

from __future__ import annotations

import importlib
import re
import time
from functools import cache
from importlib import metadata

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.products.mosaic import migrations
from smoke.demo.services import Services

REQUIRED = {"jinja2": "3.1", "starlette": "1.0", "uvicorn": "0.54"}
"""Packages that the product imports, and the oldest version of each that will do."""


class DeploymentApi:
    """``/health``, ``/version`` and ``/deployment``."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._boot_id = time.time_ns() // 1_000_000

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/health", self.health),
            Route("/version", self.version),
            Route("/deployment", self.deployment),
            Route("/deployment/packages", self.packages),
            Route("/deployment/schema", self.schema),
        ]

    async def health(self, _request: Request) -> Response:
        """Say whether the service works."""
        works = self._services.health()["status"] == "healthy"
        return JSONResponse({"status": "ok" if works else "degraded"}, 200 if works else 503)

    async def version(self, _request: Request) -> Response:
        """Say which version is served, from which build."""
        return JSONResponse({"version": self._services.options.version, "build": self._services.options.build})

    async def deployment(self, _request: Request) -> Response:
        """Tell since when this process runs; a new boot id is a restart.

        The embedded application has no supervisor that could restart it, so it counts no restarts.
        """
        uptime_s = round(time.monotonic() - self._services.started, 6)
        boot = {"boot_id": self._boot_id, "uptime_s": uptime_s, "restarts_last_5_min": 0}
        return JSONResponse({"status": "live", "build": self._services.options.build, **boot})

    async def packages(self, _request: Request) -> Response:
        """Tell which packages are installed, whether they are new enough, and whether they can be imported."""
        return JSONResponse(await run_in_threadpool(_packages))

    async def schema(self, _request: Request) -> Response:
        """Tell which version of the schema the database has, and which one the code expects."""
        return JSONResponse(migrations.state(self._services.store))


@cache
def _packages() -> dict[str, object]:
    packages = {name: package(name, oldest) for name, oldest in REQUIRED.items()}
    missing = [name for name, each in packages.items() if not (each["satisfied"] and each["imports"])]
    return {"packages": packages, "missing": missing}


def package(name: str, oldest: str) -> dict[str, object]:
    """What is installed of a package, and whether that is at least version ``oldest`` and can be imported."""
    try:
        installed = metadata.version(name)
    except metadata.PackageNotFoundError:
        return {"required": f">={oldest}", "installed": None, "satisfied": False, "imports": False}
    satisfied = _numbers(installed) >= _numbers(oldest)
    return {"required": f">={oldest}", "installed": installed, "satisfied": satisfied, "imports": _imports(name)}


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _imports(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
