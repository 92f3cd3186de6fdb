"""Who waits for a sign of life hears of every run, and whatever they do changes nothing."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.config.cron_schedule import Schedule
from smoke.config.points import FlakyPolicy
from smoke.model import Outcome
from smoke.running.heartbeat import Heartbeat, heartbeat_of
from smoke.secrets.secret import Secret
from tests.support import warm
from tests.support.project import a_suite
from tests.support.run_builder import a_run

KEY = "3f1c7b5e-8a52-4d3c-9e0e-6d1f0c9a7b21"
SCHEDULE = Schedule(suite="shop", environment="production", cron="* * * * *", heartbeat="SHOP_HEARTBEAT_URL")


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of somebody who takes a connection and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/{KEY}"


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/{KEY}"


def ended(url: str, verdict: Outcome = Outcome.PASS, flaky: FlakyPolicy = FlakyPolicy.ALLOW) -> str | None:
    run = a_run(verdict=verdict, reason="1 of 2 checks was not judged")
    return Heartbeat(Secret(url), "SHOP_HEARTBEAT_URL").end(run, flaky).trouble()


@pytest.mark.parametrize(
    ("verdict", "flaky", "path", "body"),
    [
        (Outcome.PASS, FlakyPolicy.ALLOW, "", "PASS (exit 0)"),
        (Outcome.FLAKY, FlakyPolicy.ALLOW, "", "FLAKY (exit 0)"),
        (Outcome.FLAKY, FlakyPolicy.BLOCK, "/fail", "FLAKY (exit 1)"),
        (Outcome.FAIL, FlakyPolicy.ALLOW, "/fail", "FAIL (exit 1)"),
        (Outcome.INCONCLUSIVE, FlakyPolicy.ALLOW, "", "INCONCLUSIVE (exit 3)"),
    ],
    ids=["pass", "flaky", "flaky that blocks", "fail", "inconclusive is alive"],
)
def test_a_ping_says_how_the_run_ended(
    httpserver: HTTPServer, verdict: Outcome, flaky: FlakyPolicy, path: str, body: str
) -> None:
    """By its path for the switch, by its body for people."""
    httpserver.expect_request(f"/{KEY}{path}", method="POST").respond_with_data("OK")
    assert ended(httpserver.url_for(f"/{KEY}"), verdict, flaky) is None
    ((request, _),) = httpserver.log
    assert request.get_data(as_text=True) == f"{body}: 1 of 2 checks was not judged"


def test_a_query_stays_behind_the_path(httpserver: HTTPServer) -> None:
    """Some switches have their key in it."""
    httpserver.expect_request("/ping/fail", query_string="key=abcd1234").respond_with_data("OK")
    assert ended(httpserver.url_for("/ping/") + "?key=abcd1234", Outcome.FAIL) is None


def test_who_refuses_is_told_without_the_address(httpserver: HTTPServer) -> None:
    """Even where the answer repeats it."""

    def refuse(request: Request) -> Response:
        return Response(f"no check {request.url}, {request.path}", 500)

    httpserver.expect_request(f"/{KEY}").respond_with_handler(refuse)
    trouble = ended(httpserver.url_for(f"/{KEY}"))
    assert trouble is not None
    assert "is in trouble (500)" in trouble
    assert KEY not in trouble


def test_who_is_silent_is_left_behind(silent: str) -> None:
    """Within its time, whatever that is by then."""
    assert "no answer" in str(ended(silent))


def test_who_is_not_there_is_told(nobody: str) -> None:
    """In a sentence, and so is an address that is none."""
    trouble = str(ended(nobody))
    assert "could not be reached" in trouble
    assert KEY not in trouble
    assert ended("hc-ping.example/" + KEY) == "its address is not http(s)://host…"
    assert ended("http://[::1/" + KEY) is not None


@pytest.mark.parametrize(
    ("point", "schedule", "variable"),
    [
        ("scheduled", SCHEDULE, "SHOP_HEARTBEAT_URL"),
        ("scheduled", None, "SMOKE_HEARTBEAT_URL"),
        ("canary-5", None, "SMOKE_HEARTBEAT_URL"),
        ("local", None, None),
    ],
    ids=["of its schedule", "of all", "at a release", "never at the desk"],
)
def test_where_a_run_pings(point: str, schedule: Schedule | None, variable: str | None) -> None:
    """A schedule may have an address of its own; somebody at the desk keeps no switch alive."""
    environ = {"SMOKE_HEARTBEAT_URL": "https://a.example", "SHOP_HEARTBEAT_URL": "https://b.example"}
    found = heartbeat_of(point, schedule, environ)
    assert (found.variable if found else None) == variable
    assert heartbeat_of(point, schedule, {"SMOKE_HEARTBEAT_URL": " "}) is None


def scheduled_run(folder: Path, base_url: str, heartbeat: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of one probe as its schedule would."""
    suite = f"""\
        title: Shop
        environments:
          production: {{base_url: "{base_url}", timeout_ms: 5000}}
        """
    checks = """\
        probes:
          - id: health.root
            title: It is healthy
            category: api-health
            scope: reduced
            request: GET /health
            expect: {status: 200}
        """
    schedules = """\
        schedules:
          - suite: shop
            environment: production
            cron: "* * * * *"
            regions: [eu]
            heartbeat: SHOP_HEARTBEAT_URL
        """
    a_suite(folder, suite, checks).write("config/cron-schedule.yaml", schedules)
    command = ("run", "scheduled", "--suite", "shop", "--region", "eu", "--json")
    environ = {**os.environ, "SHOP_HEARTBEAT_URL": heartbeat, "SMOKE_HISTORY_URL": ""}
    return warm.smoke(*command, cwd=folder, environ=environ)


def rows(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "reports/history.db")) as db:
        return db.execute(query).fetchall()


def test_a_scheduled_run_pings_twice_and_answers_its_slot(httpserver: HTTPServer, tmp_path: Path) -> None:
    """When it begins and when it has its verdict; the slot is the minute in which it began, or the next one."""
    httpserver.expect_request("/health").respond_with_data("down", 503)
    httpserver.expect_request(f"/{KEY}/start").respond_with_data("OK")
    httpserver.expect_request(f"/{KEY}/fail").respond_with_data("OK")
    done = scheduled_run(tmp_path, httpserver.url_for("/"), httpserver.url_for(f"/{KEY}"))
    assert done.returncode == 1, done.stderr
    pings = [request.path for request, _ in httpserver.log if KEY in request.path]
    assert pings == [f"/{KEY}/start", f"/{KEY}/fail"]
    ((region, slot, started, drift),) = rows(tmp_path, "SELECT region, slot, started, drift FROM slots")
    assert (region, slot % 60, drift) == ("eu", 0, started - slot)
    assert -15 <= drift < 60
    assert rows(tmp_path, "SELECT suite, environment, region, at FROM heartbeats") == [
        ("shop", "production", "eu", started)
    ]


@pytest.mark.parametrize("who", ["silent", "nobody"])
def test_a_switch_that_is_down_changes_no_verdict(
    httpserver: HTTPServer, tmp_path: Path, who: str, request: pytest.FixtureRequest
) -> None:
    """It is told in a line, and its address stands nowhere that a run leaves anything."""
    httpserver.expect_request("/health").respond_with_data("OK")
    done = scheduled_run(tmp_path, httpserver.url_for("/"), request.getfixturevalue(who))
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "PASS"), done.stderr
    assert "heartbeat: " in done.stderr
    assert "look at SHOP_HEARTBEAT_URL" in done.stderr
    left = [path.read_bytes() for path in (tmp_path / "reports").rglob("*") if path.is_file()]
    assert not any(KEY.encode() in each for each in (done.stdout.encode(), done.stderr.encode(), *left))
