"""After a run the rules are judged and people are told, in bounded time, and the verdict stands whatever happens."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from smoke.alerts.checking import check
from smoke.config.alerts.alerting import alerting
from smoke.config.monitoring import monitoring
from smoke.history.opening import history_store
from smoke.history.runs import History
from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.running.alerting import Occasion, Telling, concerns
from smoke.secrets.secret import Scrubber, Secret
from smoke.settings import Settings, resolve
from tests.channels.world import environ, waiting
from tests.config.test_alerting import project
from tests.support import receivers
from tests.support.afresh import printed
from tests.support.project import Project
from tests.support.receivers import Receiver
from tests.support.run_builder import a_result, a_run

CANARY = "canary-6f1e2d3c4b5a"
CHANNELS = """\
channels:
  - {channel: pagerduty, serves: [pagerduty], routing_key: PD_KEY, address: PD_URL}
  - {channel: slack, serves: ["slack:#alerts"], webhook: SLACK_URL}
"""


@pytest.fixture
def made(tmp_path: Path) -> Project:
    found = project(tmp_path, {"notify": '["slack:#alerts", pagerduty]', "title": f"It is down at {CANARY}"})
    found.write("config/monitoring-integration.yaml", CHANNELS)
    return found


@pytest.fixture
def pages(httpserver: HTTPServer) -> Iterator[Receiver]:
    receiver = receivers.pagerduty(httpserver)
    yield receiver
    receiver.heal()


@pytest.fixture
def slack(httpserver: HTTPServer) -> Receiver:
    return receivers.slack(httpserver)


@pytest.fixture
def settings(made: Project, httpserver: HTTPServer) -> Settings:
    variables = environ(f"http://127.0.0.1:{httpserver.port}")
    return resolve({}, point="canary-5", root=made.root, environ=variables)


def ran(settings: Settings, outcome: Outcome, ago_s: float, point: str = "canary-5") -> Run:
    """A run that ended so long ago, in the history."""
    finished = time.time() - ago_s
    run = replace(
        a_run(a_result(outcome=outcome), verdict=outcome, run_id=f"run-{ago_s:g}"),
        environment="canary",
        execution_point=point,
        started=finished - 20,
        finished=finished,
    )
    History(history_store(settings)).record(run)
    return run


def told(settings: Settings, run: Run, longest_s: float = 10.0) -> list[str]:
    lines: list[str] = []
    occasion = Occasion(
        run=run,
        monitoring=monitoring(settings.root),
        store=history_store(settings),
        settings=settings,
        scrubber=Scrubber([Secret(CANARY)]),
        longest_s=longest_s,
    )
    Telling.begun(occasion).end(lines.append)
    return lines


def test_a_failure_is_told_once_and_so_is_its_end(settings, pages, slack):
    lines = told(settings, ran(settings, Outcome.FAIL, 60))
    assert lines[0].startswith("alerts: opened It is down at ***: shop in canary, since ")
    assert sorted(lines[1:]) == ["alerts: pagerduty: 1 told", "alerts: slack: 1 told"]
    assert told(settings, ran(settings, Outcome.FAIL, 30)) == []
    told(settings, ran(settings, Outcome.PASS, 1))
    assert pages.noticed == slack.noticed == ["CRITICAL", "OVER"]
    assert (pages.refused, slack.refused, waiting(settings.reports)) == ([], [], 0)
    everything = b"".join(each.get_data() for each in (*pages.requests, *slack.requests))
    assert CANARY.encode() not in everything


def test_a_healthy_run_says_and_sends_nothing(settings, pages):
    assert told(settings, ran(settings, Outcome.PASS, 1)) == []
    assert pages.requests == []


@pytest.mark.parametrize("outcome", [Outcome.FLAKY, Outcome.INCONCLUSIVE])
def test_what_says_nothing_of_the_application_wakes_nobody(settings, pages, outcome):
    for ago_s in (90, 60, 30, 1):
        told(settings, ran(settings, outcome, ago_s))
    assert pages.requests == []


def test_a_channel_that_hangs_costs_no_more_than_the_time_there_is(settings, pages, slack):
    pages.hanging = True
    began = time.monotonic()
    lines = told(settings, ran(settings, Outcome.FAIL, 60), longest_s=1.5)
    assert time.monotonic() - began < 3
    assert any("1 waiting for the next run" in line for line in lines) or "not done within 1.5 s" in lines[0]
    assert slack.noticed == ["CRITICAL"]


def test_a_history_that_hangs_costs_no_more_than_the_time_there_is(settings, pages, slack):
    """Another process writes and writes: the run says so and ends."""
    run = ran(settings, Outcome.FAIL, 60)
    began = time.monotonic()
    with history_store(settings).writing():
        (line,) = told(settings, run, longest_s=0.5)
    assert time.monotonic() - began < 5
    assert "not done within 0.5 s; the next run" in line


def test_at_points_that_no_rule_names_nothing_is_even_read(settings, pages):
    assert told(settings, ran(settings, Outcome.FAIL, 60, point="local")) == []
    assert not concerns(settings.root, "local")
    assert concerns(settings.root, "scheduled")
    assert not concerns(settings.root / "nowhere", "scheduled")


def test_a_run_without_alerts_imports_none_of_their_machinery():
    program = (
        "import sys, smoke.running.after;"
        " print(sorted({'smoke.alerts.engine', 'smoke.channels.delivery', 'urllib3', 'smtplib'} & set(sys.modules)))"
    )
    assert printed(program) == "[]"


def test_rules_that_cannot_be_read_are_a_line_and_nothing_more(settings, made):
    made.write("config/alert-rules.yaml", "rules: [{points: [canary-5]}]\n")
    (line,) = told(settings, ran(settings, Outcome.FAIL, 60))
    assert line.startswith("alerts: not judged: config/alert-rules.yaml")


def test_what_is_kept_and_what_is_to_be_told_are_kept_together_or_not_at_all(settings, pages, slack):
    """A process that dies between the two leaves neither: the next one judges again, and tells once."""
    run = ran(settings, Outcome.FAIL, 60)
    alerts = alerting(settings.root)
    assert alerts

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if (child := os.fork()) == 0:
        check(history_store(settings), alerts, settings.root, [("shop", "canary")], time.time(), die)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert waiting(settings.reports) == 0
    told(settings, run)
    assert pages.noticed == slack.noticed == ["CRITICAL"]


def test_what_was_kept_and_not_sent_the_next_run_sends(settings, pages, slack):
    """A process that dies after the commit leaves everything in the outbox."""
    from smoke.channels.links import Links
    from smoke.channels.posting import posting

    run = ran(settings, Outcome.FAIL, 60)
    alerts = alerting(settings.root)
    assert alerts
    post = posting(monitoring(settings.root).channels, Links(), Scrubber())
    check(history_store(settings), alerts, settings.root, [("shop", "canary")], time.time(), post)
    assert (waiting(settings.reports), pages.noticed) == (2, [])
    told(settings, run)
    assert pages.noticed == slack.noticed == ["CRITICAL"]
