"""A Datadog that knows its own rules, on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.support.datadog_intake import DatadogIntake, intake_on


@pytest.fixture(scope="session")
def intake_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def intake(intake_server: HTTPServer) -> Iterator[DatadogIntake]:
    intake = intake_on(intake_server)
    yield intake
    intake.resume.set()
    intake_server.clear()
