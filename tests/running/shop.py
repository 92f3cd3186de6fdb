"""An application that only takes note of what it is asked, and a suite of one journey for it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.running.conftest import ANY_BAND
from tests.support import warm
from tests.support.project import a_suite

PAGE = """<!doctype html><title>Shop</title><body><h1>Shop</h1>
<form id="form" action="/tried" method="post"></form>
<form id="window" action="/tried" method="post" target="_blank"></form>
"""
SERVICE_WORKER = "self.oninstall = event => event.waitUntil(fetch('/tried', {method: 'POST'}).catch(() => 0))"
JOURNEY = '''
from smoke.running.checks import check

@check("shop.home", category="critical-paths", permits=["POST /asks"{permit}])
def test_home({arguments}):
    """The homepage opens."""
    page.goto("./")
    {way}
'''
ONE_OF_MANY = '''
@check("{name}", category="critical-paths", permits=["POST /asks"{permits}])
def test_{function}({arguments}):
    """One way."""
    page.goto("./")
    {does}
'''
SUITE = """\
title: Shop
environments:
  local: {{base_url: "{url}", timeout_ms: 3000{environment}}}
"""


@dataclass(frozen=True, slots=True)
class Way:
    """What one of many journeys does, and what it is given for that."""

    does: str
    permits: str = ""
    """Further ones, as they stand in a list."""
    arguments: str = "page, journey"


@dataclass
class Shop:
    """An application that only takes note of what it is asked."""

    url: str
    asked: list[Request] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked if each.method not in {"GET", "HEAD"}]

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        if request.path == "/asks":
            return Response("", 307, headers={"Location": "/tried"})
        if request.path == "/sw.js":
            return Response(SERVICE_WORKER, content_type="text/javascript")
        return Response(PAGE, content_type="text/html")


def stocked(server: HTTPServer) -> Shop:
    """Let ``server`` be a shop."""
    shop = Shop(server.url_for("").rstrip("/"))
    server.expect_request("/favicon.ico").respond_with_data("", 200)
    for path in ("/", "/tried", "/asks", "/sw.js"):
        server.expect_request(path).respond_with_handler(shop.answer)
    return shop


@contextmanager
def serving() -> Iterator[tuple[HTTPServer, Shop]]:
    """Open a shop for all tests of a module."""
    with HTTPServer(threaded=True) as server:
        yield server, stocked(server)


def id_of(way: str) -> str:
    """Return the id of the check that goes ``way`` where many do so in one run."""
    return "shop." + re.sub("[^a-z]+", "-", way)


def run_many(
    folder: Path, shop: Shop, ways: Mapping[str, Way], *, suite: str = "", environment: str = ""
) -> tuple[int, dict[str, Any]]:
    """Run a suite of one journey for each of ``ways``; return exit code and verdict."""
    journeys = [
        ONE_OF_MANY.format(
            name=id_of(name), function=number, permits=way.permits, arguments=way.arguments, does=way.does
        )
        for number, (name, way) in enumerate(ways.items())
    ]
    head = "from smoke.running.checks import check\n"
    return run_suite(folder, shop, head + "".join(journeys), suite=suite, environment=environment)


def check_of(verdict: dict[str, Any], way: str) -> dict[str, Any]:
    """Return what is told of the check that goes ``way``."""
    found: dict[str, Any] = next(each for each in verdict["checks"] if each["id"] == id_of(way))
    return found


def run(
    folder: Path,
    shop: Shop,
    way: str,
    permit: str = "",
    *options: str,
    suite: str = "",
    environment: str = "",
    arguments: str = "page, journey",
) -> tuple[int, dict[str, Any]]:
    """Run a suite of one journey that goes ``way``; return exit code and verdict."""
    journeys = dedent(JOURNEY).format(way=way, permit=permit, arguments=arguments)
    return run_suite(folder, shop, journeys, *options, suite=suite, environment=environment)


def run_suite(
    folder: Path, shop: Shop, journeys: str, *options: str, suite: str = "", environment: str = ""
) -> tuple[int, dict[str, Any]]:
    """Run a suite of ``journeys``; return exit code and verdict."""
    a_suite(folder, SUITE.format(url=shop.url, environment=environment) + suite, test_home=journeys)
    environ = {"SMOKE_RUNNER_BAND": ANY_BAND, **os.environ}
    done = warm.smoke("run", "--json", "--reports", "reports", *options, cwd=folder, environ=environ)
    assert done.stdout.startswith("{"), done.stderr
    return done.returncode, json.loads(done.stdout)
