"""A lost answer to what a journey wrote: tried again where it may be, and else nobody is blamed for it."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.config.login import Login
from smoke.planning.plan import Selection, plan
from smoke.running.guard import guard_of
from smoke.target import Target
from tests.running.shop import Shop, run
from tests.support.project import a_project

pytestmark = pytest.mark.browser

POSTS = """page.evaluate("fetch('/order', {method: 'POST'}).then(answer => answer.status, () => 0)")"""
LOST = "shop.home.failed_requests (1) == 0: POST /order net::ERR_CONNECTION_RESET"


def reset(request: Request) -> None:
    """Reset the connection that ``request`` came on."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


@pytest.fixture
def order(httpserver: HTTPServer) -> list[Request]:
    """Every order that arrives; the first one is taken, and its connection reset."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        if len(asked) == 1:
            reset(request)
        return Response("taken")

    httpserver.expect_request("/order").respond_with_handler(answer)
    return asked


def orders_in(verdict: dict[str, Any]) -> list[tuple[str, int]]:
    return [(each["path"], each["count"]) for each in verdict["safety"]["mutations"]]


def test_what_may_be_written_again_is_tried_again(shop: Shop, order: list[Request], tmp_path: Path) -> None:
    """It passes the second time, and the receipt has both."""
    code, verdict = run(tmp_path, shop, POSTS, ', "POST /order"], repeatable=True, proves=[')
    check = verdict["checks"][0]
    assert (code, check["outcome"], check["blame"]) == (0, "FLAKY", "TCP"), check["evidence"]
    assert (len(order), orders_in(verdict)) == (2, [("/order", 2)])


def test_what_must_not_be_written_twice_cannot_be_confirmed(shop: Shop, order: list[Request], tmp_path: Path) -> None:
    """It is neither green nor the application's fault."""
    code, verdict = run(tmp_path, shop, POSTS, ', "POST /order"')
    check = verdict["checks"][0]
    assert (code, check["outcome"], check["blame"]) == (3, "INCONCLUSIVE", "HARNESS"), check["evidence"]
    assert check["evidence"][0] == f"could not be confirmed, because it may not write twice: {LOST}"
    assert (len(order), orders_in(verdict)) == (1, [("/order", 1)])


FORM = """<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<form method="post" action="/tried"><button>Buy</button></form><script src="/shop.js"></script>"""
TAKES_OVER = """document.forms[0].onsubmit = event => { event.preventDefault(); document.title = 'Bought' }"""


@pytest.mark.parametrize(("lost", "outcome"), [((1,), "FLAKY"), ((), "PASS"), ((1, 2), "FAIL")])
@pytest.mark.long
def test_a_form_without_its_script_breaks_no_permit(
    lost: tuple[int, ...], outcome: str, shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """What it sends by itself is stopped and listed; the journey meant no such thing."""
    asked: list[Request] = []

    def script(request: Request) -> Response:
        asked.append(request)
        if len(asked) in lost:
            reset(request)
        return Response(TAKES_OVER, content_type="text/javascript")

    httpserver.expect_request("/form").respond_with_data(FORM, content_type="text/html")
    httpserver.expect_request("/shop.js").respond_with_handler(script)
    way = (
        "page.goto('./form'); page.get_by_role('button').click();"
        " from playwright.sync_api import expect; expect(page).to_have_title('Bought', timeout=1000)"
    )
    _, verdict = run(tmp_path, shop, way)
    check = verdict["checks"][0]
    assert (check["outcome"], check["blame"]) == (outcome, "TCP" if lost else None), check["evidence"]
    assert (len(verdict["safety"]["blocked"]), shop.writes) == (len(lost), [])


def test_a_refused_login_is_never_made_again(tmp_path: Path) -> None:
    """Not by a check that may write again, either: somebody counts them."""
    project = a_project(tmp_path)
    loaded = plan(project.load(), "local", None, Selection())
    login = Login(request="POST /login", body={"user": "{user}", "password": "{password}"}, token="token")
    about = replace(loaded.suite.about, login=login)
    shop = "http://shop.example"
    target = Target(base_url=shop, urls={}, contract="planned", timeout_ms=1000, texts={}, budgets={})
    guard = guard_of(replace(loaded, suite=replace(loaded.suite, about=about)), target, "the run")
    again, once = (replace(loaded.checks[0], repeatable=repeatable) for repeatable in (True, False))
    for path, status in (("/orders", 403), ("/login", 200)):
        guard.answered(again.id, "POST", f"{shop}{path}", status, {})
    assert (guard.never_again(again), guard.never_again(once)) == ((), ())
    guard.answered(again.id, "POST", f"{shop}/login", 401, {})
    assert guard.never_again(again) == ("POST /login",)
