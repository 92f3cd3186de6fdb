"""A server for whoever receives alerts, on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer


@pytest.fixture(scope="session")
def alert_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def server(alert_server: HTTPServer) -> Iterator[HTTPServer]:
    yield alert_server
    alert_server.clear()
