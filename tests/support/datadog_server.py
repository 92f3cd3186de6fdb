"""A Datadog that knows its own rules, on the loopback interface, and how it is asked without a client."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.support.datadog_intake import DatadogIntake, intake_on
from tests.support.datadog_spec import Recorded

KEYS = {"DD-API-KEY": "k" * 32, "DD-APPLICATION-KEY": "a" * 40}


@pytest.fixture
def intake(httpserver: HTTPServer) -> Iterator[DatadogIntake]:
    intake = intake_on(httpserver)
    yield intake
    intake.resume.set()


def ask(url: str, method: str, body: str | None) -> tuple[int, dict[str, object]]:
    headers = {"Content-Type": "application/json", **KEYS}
    request = urllib.request.Request(url, data=body.encode() if body else None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def replay(url: str, exchange: Recorded) -> int:
    return ask(url + "/" + exchange.uri.split("/", 3)[3], exchange.method, exchange.sent)[0]
