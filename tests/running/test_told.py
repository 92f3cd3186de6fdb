"""What a run tells a person, over HTTP only: the application stands below a path, and no browser is needed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support import warm
from tests.support.project import a_suite

SUITE = """\
title: Shop
environments:
  local: {base_url: "http://127.0.0.1:9", timeout_ms: 5000}
accounts:
  ann: {user: ann@shop.example, role: basic, password: SHOP_PASSWORD}
login: {request: POST /login, form: {name: "{user}", pass: "{password}"}, cookie: sid}
"""
CHECKS = """\
probes:
  - id: carts.create
    title: A cart is made
    category: critical-paths
    account: ann
    request: POST /api/carts
    permits: [POST /api/carts, DELETE /api/carts/*]
    expect: {status: 201, json: {name: {equals: "smoke {run}"}, state: {equals: open}}}
    body: {name: "smoke {run}"}
    capture: {cart: id}
    cleanup: DELETE /api/carts/{cart}
  - id: carts.read
    title: The cart is there
    category: critical-paths
    account: ann
    request: GET /api/carts/{cart}
    after: [carts.create]
    expect: {status: 200}
"""


def a_shop(server: HTTPServer) -> None:
    """Carts below /app, for whoever is signed in; each is made in the wrong state."""

    def make(request: Request) -> Response:
        if request.cookies.get("sid") != "s-12345":
            return Response("sign in", 403)
        cart = {"id": 7, "name": request.get_json()["name"], "state": "closed"}
        return Response(json.dumps(cart), 201, content_type="application/json")

    signed_in = Response("", 303, headers={"Set-Cookie": "sid=s-12345; HttpOnly"})
    server.expect_request("/app/login", method="POST").respond_with_response(signed_in)
    server.expect_request("/app/api/carts", method="POST").respond_with_handler(make)
    server.expect_request("/app/api/carts/7", method="DELETE").respond_with_data("", 204)


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run the suite in a project of its own; return exit code, verdict and what a person reads."""
    a_suite(folder, SUITE, CHECKS)
    command = ("run", "--json", "--suite", "shop", "--reports", "reports", *arguments)
    environ = {**os.environ, "SHOP_PASSWORD": "correct horse"}
    done = warm.smoke(*command, cwd=folder, environ=environ)
    assert done.stdout.startswith("{"), done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_run_below_a_path_tells_permissions_reasons_and_the_way_back(httpserver: HTTPServer, tmp_path: Path) -> None:
    """Writes are matched with their permits below any path; what failed and what was not run is told whole."""
    a_shop(httpserver)
    code, verdict, said = run(tmp_path, "--base-url", httpserver.url_for("/app"))
    create, read = verdict["checks"]
    assert (code, create["outcome"], read["outcome"]) == (1, "FAIL", "NOT_RUN"), said
    assert read["evidence"] == ["carts.create, which it comes after, did not pass"]
    assert "NOT_RUN carts.read: carts.create, which it comes after, did not pass" in said
    assert "attempt 1: state ('closed') == 'open'" in said.replace("attempts 1, 2", "attempt 1")
    assert {(each["path"], each["permission"]) for each in verdict["safety"]["mutations"]} == {
        ("/app/login", "login: POST /login"),
        ("/app/api/carts", "POST /api/carts"),
        ("/app/api/carts/7", "DELETE /api/carts/*"),
    }
    assert ", 0 blocked, " in said
    assert re.search(r"again: smoke run --suite shop .*--check carts.create$", said, re.MULTILINE)
    assert "screenshot" not in said
    assert "s-12345" not in said


def test_nothing_is_written_where_nobody_listens(tmp_path: Path) -> None:
    """A login that found no server is not a write, and the receipt has none."""
    code, verdict, said = run(tmp_path)
    assert (code, verdict["checks"][0]["blame"]) == (1, "TCP"), said
    assert verdict["safety"]["mutations"] == []
    assert ", no writes" in said
