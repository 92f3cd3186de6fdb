"""``smoke alerts test`` and ``deliver`` as people type them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from smoke.cli import main
from tests.channels.world import a_channel, a_notice, environ, put
from tests.config.test_alerting import project
from tests.support import receivers

CHANNELS = """\
channels:
  - {channel: slack, serves: ["slack:#alerts"], webhook: SLACK_URL}
  - {channel: pagerduty, serves: [pagerduty], routing_key: PD_KEY, address: PD_URL}
  - {channel: github-issue, serves: [github]}
  - {channel: webhook, serves: [hook], url: HOOK_URL, secret: HOOK_SECRET}
"""


@pytest.fixture
def home(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    project(tmp_path, {}).write("config/monitoring-integration.yaml", CHANNELS)
    for name, value in environ(f"http://127.0.0.1:{httpserver.port}").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_test_message_is_marked_and_the_answer_is_said(home, httpserver, capsys):
    receiver = receivers.slack(httpserver)
    assert main(["alerts", "test", "--channel", "slack"]) == 0
    assert capsys.readouterr().out == "slack: delivered; the service answered: ok\n"
    assert receiver.noticed == ["TEST"]
    assert "nothing is wrong" in receiver.requests[0].get_data(as_text=True)


def test_a_test_of_all_leaves_no_incident_and_no_issue_open(home, httpserver, capsys):
    receivers.slack(httpserver), receivers.webhook(httpserver)
    pages, (_, held) = receivers.pagerduty(httpserver), receivers.github(httpserver)
    assert main(["alerts", "test"]) == 0, capsys.readouterr().err
    assert pages.noticed == ["TEST", "OVER"]
    assert [each["state"] for each in held.issues] == ["closed"]
    assert json.loads(pages.requests[0].get_data())["payload"]["severity"] == "info"


def test_a_channel_that_does_not_work_is_told_and_is_no_success(home, httpserver, capsys):
    receivers.slack(httpserver).always = receivers.answer(403, "action_prohibited")
    assert main(["alerts", "test", "--channel", "slack"]) == 3
    said = capsys.readouterr().err
    assert "slack: not delivered: Slack refused us (403): action_prohibited; look at SLACK_URL" in said
    assert "slack-secret-path" not in said


def test_a_variable_that_is_missing_is_named(home, monkeypatch, capsys):
    monkeypatch.delenv("SLACK_URL")
    assert main(["alerts", "test", "--channel", "slack"]) == 3
    assert "SLACK_URL is not set: nobody is told of incidents by slack" in capsys.readouterr().err


def test_an_unknown_channel_is_wrong_usage(home, capsys):
    assert main(["alerts", "test", "--channel", "slak"]) == 2
    assert "unknown channel 'slak'; did you mean 'slack'?" in capsys.readouterr().err


def test_deliver_sends_what_waits_and_says_so(home, httpserver, capsys):
    receiver = receivers.slack(httpserver)
    assert main(["alerts", "deliver"]) == 0
    assert capsys.readouterr().out == "nothing waits to be delivered\n"
    put(home / "reports", [a_channel("slack", "slack")], a_notice(at=time.time()))
    receiver.always = receivers.answer(503, "maintenance")
    assert main(["alerts", "deliver", "--for", "2s"]) == 3
    assert "1 waiting" in capsys.readouterr().out
    assert main(["alerts", "deliver", "--for", "soon"]) == 2
