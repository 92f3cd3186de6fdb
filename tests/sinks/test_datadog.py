"""The Datadog sink against an intake that validates by Datadog's official description."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.observation import Unit
from smoke.sinks import _datadog_push
from smoke.sinks.datadog import BATCH_BYTES, SITES, batches
from smoke.sinks.delivery import DEADLINE_S, Delivery
from smoke.sinks.metrics import metrics_of
from smoke.sinks.registry import SinkError
from tests.support.datadog_intake import DatadogIntake, reply
from tests.support.datadog_spec import spec
from tests.support.deliveries import a_bulletin, an_errand, an_outlet, give
from tests.support.run_builder import a_result, a_run, a_typical_run, an_attempt

KEY = "0123456789abcdef0123456789abcdef"
DATADOG = an_outlet("datadog")


def push(url: str, run: Run | None = None, **environ: str) -> Delivery:
    environ = {"DD_API_KEY": KEY, "SMOKE_DATADOG_URL": url, **environ}
    return give([DATADOG], a_bulletin(run), environ=environ)[0]


def timed_push(url: str) -> tuple[Delivery, float]:
    started = time.monotonic()
    return push(url), time.monotonic() - started


def send_raw(intake: DatadogIntake, payload: object, key: str = KEY) -> int:
    request = urllib.request.Request(
        f"{intake.url}/api/v2/series",
        data=gzip.compress(json.dumps(payload).encode()),
        headers={
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            **({"DD-API-KEY": key} if key else {}),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def good_payload() -> dict[str, Any]:
    return {"series": [{"metric": "a.b", "points": [{"timestamp": 1, "value": 1.5}], "type": 3, "tags": ["a:b"]}]}


def broken(**changes: object) -> dict[str, Any]:
    return {"series": [{**good_payload()["series"][0], **changes}]}


def test_the_intake_accepts_a_payload_that_datadog_accepts(intake):
    """The validator says yes to a minimal payload of the description, so that its no means something."""
    assert send_raw(intake, good_payload()) == 202


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "series"),
        ({"series": [{"metric": "a.b"}]}, "points"),
        (broken(type=9), "9 is not one of"),
        (broken(tags="a:b"), "tags"),
        (broken(points=[[1, 1.5]]), "points"),
        (broken(points=[{"timestamp": 1, "value": "fast"}]), "fast"),
    ],
)
def test_the_intake_refuses_what_datadog_refuses(intake, payload, reason):
    """A payload that breaks the description is answered 400 with the reason: the validator can say no."""
    assert send_raw(intake, payload) == 400
    assert reason in intake.refused[0]


def test_the_intake_refuses_a_push_without_a_key(intake):
    """The description's security requirement is enforced, not only its body."""
    assert send_raw(intake, good_payload(), key="") == 400


def test_a_typical_run_is_accepted_whole(intake):
    """Every metric of a run arrives in one gzipped request with our key and passes the official description."""
    metrics = metrics_of(a_typical_run())
    delivery = push(intake.url)
    assert delivery == Delivery(sink="datadog", ok=True, detail="delivered", count=len(metrics))
    assert [series["metric"] for series in intake.series] == [str(metric.name) for metric in metrics]
    assert [series["tags"] for series in intake.series] == [list(metric.tags) for metric in metrics]
    assert intake.requests[0].headers["DD-API-KEY"] == KEY
    assert intake.requests[0].headers["Content-Encoding"] == "gzip"


def test_types_and_units_are_datadogs_own(intake):
    """Gauges are type 3 and counts type 1 with an interval; units carry the names that Datadog knows."""
    push(intake.url)
    sent = {series["metric"]: series for series in intake.series}
    heartbeat = sent["smoke_test.heartbeat"]
    assert (heartbeat["type"], heartbeat["interval"], heartbeat["unit"]) == (1, 12, "execution")
    assert (sent["smoke_test.api_response"]["type"], sent["smoke_test.api_response"]["unit"]) == (3, "millisecond")
    assert sent["smoke_test.success"]["unit"] == "fraction"
    assert "unit" not in sent["smoke_test.web_vital.cls"]
    assert "interval" not in sent["smoke_test.success"]


def test_a_refused_payload_is_a_failed_delivery(intake):
    """What the description does not allow is reported with Datadog's own words."""
    intake.instead.append(reply(400, {"errors": ["points: too old"]}))
    delivery = push(intake.url)
    assert not delivery.ok
    assert "(400)" in delivery.detail
    assert "points: too old" in delivery.detail


def test_a_refused_key_is_named_and_not_tried_again(intake):
    """403 names the setting to check; asking again with the same key is pointless."""
    intake.instead.append(reply(403, {"errors": ["Forbidden"]}))
    delivery = push(intake.url)
    assert not delivery.ok
    assert "check DD_API_KEY" in delivery.detail
    assert len(intake.requests) == 1


def test_a_long_rate_limit_is_not_waited_for(intake):
    """429 with X-Ratelimit-Reset: 60 ends the push at once: the wait exceeds what a push may take."""
    intake.instead.extend(reply(429, {"errors": ["limit"]}, X_Ratelimit_Reset="60") for _ in range(5))
    delivery, seconds = timed_push(intake.url)
    assert not delivery.ok
    assert "429" in delivery.detail
    assert "60 s" in delivery.detail
    assert seconds < 2
    assert len(intake.requests) == 1


def test_a_short_rate_limit_is_honoured(intake):
    """X-Ratelimit-Reset: 1 is waited for when there is time; the second request is accepted."""
    intake.instead.append(reply(429, {"errors": ["limit"]}, X_Ratelimit_Reset="1"))
    delivery, seconds = timed_push(intake.url)
    assert delivery.ok
    assert 1 <= seconds < DEADLINE_S


@pytest.mark.parametrize("reset", ["", "soon", "-3", "1e9", "99999999999999999999", "²"])
@pytest.mark.long
def test_a_senseless_rate_limit_header_ends_in_a_delivery(intake, reset):
    """Whatever X-Ratelimit-Reset holds, the push ends in time and without a stray exception."""
    intake.instead.extend(reply(429, {"errors": ["limit"]}, X_Ratelimit_Reset=reset) for _ in range(5))
    delivery, seconds = timed_push(intake.url)
    assert not delivery.ok
    assert "429" in delivery.detail
    assert seconds < DEADLINE_S


def test_two_server_errors_are_survived(intake):
    """500 twice and then 202 is a delivery: a hiccup at Datadog costs no data."""
    intake.instead.extend([reply(500, {"errors": ["oops"]}), reply(500, {"errors": ["oops"]})])
    delivery = push(intake.url)
    assert delivery.ok
    assert len(intake.requests) == 4
    assert len(intake.series) == delivery.count


def test_lasting_server_errors_are_given_up_in_time(intake):
    """A Datadog that stays at 503 is reported as in trouble, after four requests at most."""
    intake.instead.extend(reply(503, {"errors": ["down"]}) for _ in range(20))
    delivery, seconds = timed_push(intake.url)
    assert not delivery.ok
    assert "503" in delivery.detail
    assert seconds < DEADLINE_S
    assert 2 <= len(intake.requests) <= 4


def test_a_silent_server_costs_no_more_than_the_deadline(intake):
    """A server that takes the request and says nothing is given up within the deadline and not asked again."""
    intake.hanging = True
    delivery, seconds = timed_push(intake.url)
    assert not delivery.ok
    assert "gave no answer (ReadTimeoutError)" in delivery.detail
    assert seconds <= DEADLINE_S
    assert len(intake.requests) == 1


def test_a_server_that_never_takes_the_connection_costs_no_more_than_the_deadline():
    """A full backlog (packets dropped) ends in a failed delivery within the deadline."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        delivery, seconds = timed_push(f"http://127.0.0.1:{listener.getsockname()[1]}")
        for filler in fillers:
            filler.close()
    assert not delivery.ok
    assert seconds <= DEADLINE_S


def test_a_dripping_server_costs_no_more_than_the_deadline():
    """A server that sends one header byte now and then cannot hold the run: the deadline is for everything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                for byte in b"HTTP/1.1 202 Accepted\r\nX-Slow: " + b"z" * 50:
                    if over.wait(0.5):
                        return
                    connection.sendall(bytes([byte]))

        thread = threading.Thread(target=drip)
        thread.start()
        delivery, seconds = timed_push(f"http://127.0.0.1:{listener.getsockname()[1]}")
        over.set()
        thread.join()
    assert delivery.detail == "no answer within 3 s"
    assert seconds < DEADLINE_S + 0.5


def test_a_refused_connection_is_a_failed_delivery():
    """Nobody listening is urllib3's exception, not the client's; it is reported all the same."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        delivery, seconds = timed_push(f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert not delivery.ok
    assert "could not be reached (NewConnectionError)" in delivery.detail
    assert seconds < DEADLINE_S


def test_a_connection_refused_for_a_moment_is_survived():
    """A proxy that restarts costs no data: nothing was sent yet, so connecting is safe to try again."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))

        def come_up() -> None:
            listener.listen()
            for _ in ("metrics", "service check"):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    body = b'{"errors": []}'
                    head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                    connection.sendall(head.encode() + body)

        restart = threading.Timer(0.2, come_up)
        restart.start()
        delivery = push(f"http://127.0.0.1:{listener.getsockname()[1]}")
        if not delivery.ok:
            for _ in range(2):
                socket.create_connection(listener.getsockname()).close()
        restart.join()
    assert delivery.ok


def test_a_server_without_a_valid_certificate_gets_nothing(intake):
    """TLS trouble is named as such; neither the key nor the metrics are sent in the clear instead."""
    delivery = push(intake.url.replace("http://", "https://"))
    assert not delivery.ok
    assert "could not be reached (TLS)" in delivery.detail
    assert intake.requests == []


def test_the_key_is_not_carried_to_another_host(intake):
    """A redirect is reported, not followed: the key is for one host only."""
    with HTTPServer(host="127.0.0.1", port=0) as stranger:
        stranger.expect_request("/api/v2/series").respond_with_data("", status=202)
        intake.instead.append(Response(status=307, headers={"Location": stranger.url_for("/api/v2/series")}))
        delivery = push(intake.url)
        assert stranger.log == []
    assert not delivery.ok
    assert "redirects (307)" in delivery.detail


@pytest.mark.parametrize("status", [200, 202])
def test_a_sign_in_page_is_no_delivery(intake, status):
    """A proxy that answers any request with a page must not read as metrics delivered."""
    intake.instead.append(Response("<html>Sign in</html>", status=status, content_type="text/html"))
    delivery = push(intake.url)
    assert not delivery.ok
    assert "proxy" in delivery.detail


def test_an_empty_200_is_no_delivery(intake):
    """Only Datadog's 202 counts."""
    intake.instead.append(reply(200, {"errors": []}))
    assert "answered 200 where Datadog answers 202" in push(intake.url).detail


def test_errors_inside_an_accepted_answer_are_reported(intake):
    """202 with errors in its body is a failed delivery with these errors."""
    intake.instead.append(reply(202, {"errors": ["series 3 dropped"]}))
    delivery = push(intake.url)
    assert not delivery.ok
    assert "series 3 dropped" in delivery.detail


@pytest.mark.parametrize(
    "answer",
    [
        reply(400, {"errors": [f"bad key {KEY}"]}),
        reply(403, {"errors": [f"bad key {KEY}"]}),
        reply(202, {"errors": [f"bad key {KEY}"]}),
        reply(429, {}, X_Ratelimit_Reset=KEY),
        Response(KEY, status=200),
        Response(f"<p>{KEY}", status=418, content_type="text/html"),
    ],
    ids=lambda answer: str(answer.status_code),
)
def test_an_answer_that_quotes_the_key_does_not_spread_it(intake, answer):
    """Whatever a server echoes, the key is in no message."""
    intake.instead.extend([answer] * 4)
    delivery = push(intake.url)
    assert not delivery.ok
    assert KEY not in repr(delivery)


@pytest.mark.parametrize("key", ["two words", "clé-secrète", "0123\r\nX-Evil: 1", "0123456789abcdef\t!"])
def test_a_malformed_key_is_refused_before_it_is_sent(intake, key):
    """http.client would quote a malformed key in its error; ours names the variable only, and sends nothing."""
    delivery = push(intake.url, DD_API_KEY=key)
    assert "DD_API_KEY is not a key of Datadog" in delivery.detail
    assert key not in delivery.detail
    assert intake.requests == []


def test_a_key_with_a_newline_at_its_end_works(intake):
    """Secrets read from files end in a newline; that is no reason to lose metrics."""
    assert push(intake.url, DD_API_KEY=f"{KEY}\n").ok


@pytest.mark.parametrize("environ", [{}, {"DD_API_KEY": ""}, {"DD_API_KEY": " \n"}])
def test_without_a_key_it_is_not_enabled_and_says_so(environ):
    """No key is no error: the sink is off, and one sentence says why."""
    assert DATADOG.explain_disabled(environ) == "DD_API_KEY is not set: no metrics go to Datadog."


def test_the_environment_of_the_process_is_not_read(intake, monkeypatch):
    """Only the settings handed in decide; the client's own look at the environment changes nothing."""
    monkeypatch.setenv("DD_API_KEY", "f" * 32)
    monkeypatch.setenv("DD_SITE", "nowhere.example")
    assert DATADOG.explain_disabled({}) is not None
    assert push(intake.url).ok
    assert intake.requests[0].headers["DD-API-KEY"] == KEY


def test_the_known_sites_are_those_of_the_description():
    """DD_SITE is checked against exactly the sites that the official description lists."""
    assert set(SITES) == set(spec("v2")["servers"][0]["variables"]["site"]["enum"])


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("DD_SITE", "app.datadoghq.eu", "known: datadoghq.com"),
        ("DD_SITE", "https://datadoghq.eu", "known: datadoghq.com"),
        ("SMOKE_DATADOG_URL", "proxy.example:8080", "http(s)://host"),
        ("SMOKE_DATADOG_URL", "http://me:hunter2@proxy.example", "http(s)://host"),
    ],
)
def test_a_wrong_address_is_explained(variable, value, reason):
    """A mistyped site or address is named with the way out, before the key goes anywhere."""
    with pytest.raises(SinkError) as failure:
        DATADOG.push(a_bulletin(), an_errand(**{"DD_API_KEY": KEY, variable: value}))
    assert variable in str(failure.value)
    assert reason in str(failure.value)
    assert "hunter2" not in str(failure.value)


def test_large_payloads_are_split(intake, monkeypatch):
    """Metrics beyond the limit go in several requests, together complete and in order."""
    monkeypatch.setattr("smoke.sinks.datadog.BATCH_BYTES", 2_000)
    delivery = push(intake.url)
    assert delivery.ok
    assert len(intake.requests) > 2
    assert [series["metric"] for series in intake.series] == [metric.name for metric in metrics_of(a_typical_run())]


def test_a_split_payload_that_fails_midway_says_what_arrived(intake, monkeypatch):
    """The count of a failed delivery is what Datadog took before it failed."""
    monkeypatch.setattr("smoke.sinks.datadog.BATCH_BYTES", 2_000)
    intake.instead.extend([None, reply(403, {"errors": ["no"]})])
    delivery = push(intake.url)
    assert not delivery.ok
    assert delivery.count == len(intake.series) > 0


def test_a_payload_that_is_too_large_goes_in_halves(intake):
    """413 is answered with smaller payloads until they fit: nothing is lost for its size."""
    intake.largest_bytes = 400
    delivery = push(intake.url)
    assert delivery.ok
    assert len(intake.series) == delivery.count == len(metrics_of(a_typical_run()))
    assert any("too large" in each for each in intake.refused)


@pytest.mark.parametrize(
    ("verdict", "status"), [("PASS", 0), ("FLAKY", 1), ("FAIL", 2), ("INCONCLUSIVE", 3), ("NOT_RUN", 3)]
)
def test_every_run_is_a_service_check(intake, verdict, status):
    """OK, WARNING, CRITICAL or UNKNOWN, with the run's tags: what cannot be judged is never OK."""
    push(intake.url, a_typical_run(verdict=Outcome(verdict)))
    (check,) = intake.service_checks
    assert (check["check"], check["status"]) == ("smoke_test.up", status)
    assert check["tags"] == ["env:production", "execution_point:scheduled", "region:eu-west-1", "suite:shop"]
    assert check["timestamp"] == int(a_typical_run().finished)


@pytest.mark.parametrize(
    ("before", "verdict", "alert_type"),
    [("PASS", "FAIL", "error"), ("FAIL", "PASS", "success"), ("FAIL", "INCONCLUSIVE", "warning")],
)
def test_a_change_of_verdict_is_an_event(intake, before, verdict, alert_type):
    """The event says what it was and what it is; coming twice, it is one event to Datadog."""
    run = a_typical_run(verdict=Outcome(verdict))
    give([DATADOG], a_bulletin(run, Outcome(before)), environ={"DD_API_KEY": KEY, "SMOKE_DATADOG_URL": intake.url})
    (event,) = intake.events
    assert event["title"] == f"shop in production: {verdict}, was {before}"
    assert (event["alert_type"], event["text"]) == (alert_type, run.reason)
    assert event["aggregation_key"] == "smoke:production:scheduled:eu-west-1:shop"


@pytest.mark.parametrize("before", [None, Outcome.PASS])
def test_a_verdict_that_stays_is_no_event(intake, before):
    """Neither the same verdict again nor the first one there is makes news."""
    give([DATADOG], a_bulletin(before=before), environ={"DD_API_KEY": KEY, "SMOKE_DATADOG_URL": intake.url})
    assert intake.events == []
    assert len(intake.service_checks) == 1


def test_figures_that_are_no_run_say_nothing_of_the_application(intake):
    """Without a verdict there is neither a service check nor an event."""
    figures = replace(a_bulletin(before=Outcome.PASS), verdict=None)
    (delivery,) = give([DATADOG], figures, environ={"DD_API_KEY": KEY, "SMOKE_DATADOG_URL": intake.url})
    assert delivery.ok
    assert (intake.service_checks, intake.events) == ([], [])
    assert len(intake.series) == len(figures.metrics)


def test_another_variable_may_hold_the_key(intake):
    """The key is looked up, missed and masked under the name that YAML gives."""
    other = an_outlet("datadog", key="DD_SMOKE_KEY")
    assert "DD_SMOKE_KEY is not set" in str(other.explain_disabled({"DD_API_KEY": KEY}))
    intake.instead.append(reply(403, {"errors": [KEY]}))
    said = give([other], environ={"DD_SMOKE_KEY": KEY, "SMOKE_DATADOG_URL": intake.url})[0].detail
    assert "check DD_SMOKE_KEY" in said
    assert KEY not in said


def test_a_batch_stays_below_the_limit_of_the_intake():
    """The size is estimated without building the JSON; the JSON is never larger, and a batch never needlessly small."""
    run = a_run(*(a_result(check_id=f"check.{number}.{'x' * number}") for number in range(150)))
    metrics = metrics_of(run)
    parts = list(batches(metrics, 20_000))
    sizes = [
        len(json.dumps({"series": [_datadog_push._series(metric, 60).to_dict() for metric in part]})) for part in parts
    ]
    assert sum(parts, ()) == metrics
    assert max(sizes) < 20_000
    assert min(sizes[:-1]) > 12_000
    assert BATCH_BYTES < 512_000


def test_a_batch_is_never_empty():
    """Nothing to send makes no request, and one oversized metric still goes alone."""
    metrics = metrics_of(a_typical_run())
    assert list(batches((), 1)) == []
    assert [len(part) for part in batches(metrics, 1)] == [1] * len(metrics)


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_is_one_that_datadog_lists(unit):
    """No unit reaches Datadog under a name that it accepts without a word and does not know."""
    metric = replace(metrics_of(a_typical_run())[0], unit=unit)
    series = _datadog_push._series(metric, 1).to_dict()
    assert series.get("unit") in {"millisecond", "day", "fraction", "execution", None}


def test_an_attempt_without_measurements_is_still_a_valid_push(intake):
    """The least that a run can say is accepted too."""
    assert push(intake.url, a_run(a_result(an_attempt(steps=())))).ok
