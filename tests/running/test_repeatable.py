"""A lost answer to what a journey wrote: tried again where it may be, and else nobody is blamed for it."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.running.shop import Shop, run

pytestmark = pytest.mark.browser

POSTS = """page.evaluate("fetch('/order', {method: 'POST'}).then(answer => answer.status, () => 0)")"""
LOST = "shop.home.failed_requests (1) == 0: POST /order net::ERR_CONNECTION_RESET"


@pytest.fixture
def order(httpserver: HTTPServer) -> list[Request]:
    """Every order that arrives; the first one is taken, and its connection reset."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        if len(asked) == 1:
            connection: socket.socket = request.environ["werkzeug.socket"]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())
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
