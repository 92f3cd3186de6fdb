"""The intake that stands for Datadog says what Datadog itself once said."""

from __future__ import annotations

import json

import pytest

from tests.support.datadog_intake import reply
from tests.support.datadog_server import ask, replay
from tests.support.datadog_spec import recorded

pytestmark = pytest.mark.long

NOW = 1_763_690_000.0


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("v2", "submit_metrics_returns_payload_accepted_response"),
        ("v1", "post_an_event_returns_ok_response"),
        ("v1", "post_an_event_in_the_past_returns_bad_request_response"),
        ("v1", "submit_a_service_check_returns_payload_accepted_response"),
    ],
)
def test_it_answers_as_datadog_did(intake, version, name):
    """What the client's authors sent to Datadog is answered with the status that Datadog gave."""
    (exchange,) = recorded(version, name)
    intake.now = NOW if "in_the_past" in name else None
    assert replay(intake.url, exchange) == exchange.status


def test_points_that_datadog_drops_in_silence_are_refused(intake):
    """An hour is the age at which Datadog throws points away: here that is an error, not silence."""
    intake.now = NOW

    def sent(age_s: float) -> int:
        point = {"timestamp": int(NOW - age_s), "value": 1.0}
        body = json.dumps({"series": [{"metric": "a.b", "points": [point], "type": 3}]})
        return ask(f"{intake.url}/api/v2/series", "POST", body)[0]

    assert [sent(3590), sent(3610), sent(-590), sent(-610)] == [202, 400, 202, 400]


def test_what_it_was_not_told_to_answer_it_cannot_answer_wrongly(intake):
    """An answer that the description does not allow is an error of the test that gave it."""
    intake.on("POST", "/api/v1/monitor/validate", lambda _request, _body: reply(200, {}))
    monitor = json.dumps({"type": "query alert", "query": "avg(last_1h):avg:a.b{*} < 1"})
    assert ask(f"{intake.url}/api/v1/monitor/validate", "POST", monitor) == (200, {})
    intake.on("POST", "/api/v1/monitor", lambda _request, _body: reply(200, {"id": "seven"}))
    status, said = ask(f"{intake.url}/api/v1/monitor", "POST", monitor)
    assert status == 400
    assert "seven" in str(said)


def test_a_monitor_that_breaks_the_description_is_refused(intake):
    """A type that no monitor has is named in the answer."""
    intake.on("POST", "/api/v1/monitor/validate", lambda _request, _body: reply(200, {}))
    status, said = ask(f"{intake.url}/api/v1/monitor/validate", "POST", '{"type": "nope", "query": "x"}')
    assert status == 400
    assert "nope" in str(said)
