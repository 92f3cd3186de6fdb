"""What a gate looks at beside its checks: a witness says what it saw, and why it saw nothing, and never raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from smoke.config.gates import Restart
from smoke.gates.sampler import Sampler
from smoke.gates.witness import Witness
from tests.gates.test_watching import sampler

BOTH = Restart(path="/health", uptime="uptime_s", boot="boot")


@pytest.fixture
def looks(tmp_path: Path, httpserver: HTTPServer) -> Sampler:
    return sampler(tmp_path, httpserver)


def test_a_process_says_since_when_it_runs(looks: Sampler, httpserver: HTTPServer) -> None:
    """The first time, and the last; each between the two moments at which it was asked and answered."""
    httpserver.expect_ordered_request("/health").respond_with_json({"uptime_s": 7, "boot": "b-1"})
    httpserver.expect_ordered_request("/health").respond_with_json({"uptime_s": 0.5, "boot": 2})
    witness = Witness(BOTH, ())
    witness.first(looks)
    witness.last(looks)
    assert [(each.uptime_s, each.boot, each.trouble) for each in witness.readings] == [
        (7, "b-1", None),
        (0.5, "2", None),
    ]
    moments = [moment for each in witness.readings for moment in (each.asked_at, each.answered_at)]
    assert moments == sorted(moments)


def test_what_is_not_asked_for_is_not_missed(looks: Sampler, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/health").respond_with_json({"uptime_s": 7, "boot": "b-1"})
    seen = []
    for restart in (Restart(path="/health", uptime="uptime_s"), Restart(path="/health", boot="boot")):
        witness = Witness(restart, ())
        witness.first(looks)
        seen += [(each.uptime_s, each.boot) for each in witness.readings]
    assert seen == [(7, None), (None, "b-1")]
    witness = Witness(None, ())
    witness.first(looks)
    assert witness.readings == []


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ('{"uptime_s": "7", "boot": "b"}', "GET /health: 200 has no uptime at uptime_s"),
        ('{"uptime_s": true, "boot": "b"}', "GET /health: 200 has no uptime at uptime_s"),
        ('{"uptime_s": -1, "boot": "b"}', "GET /health: 200 has no uptime at uptime_s"),
        ('{"boot": "b"}', "GET /health: 200 has no uptime at uptime_s"),
        ('{"uptime_s": 7, "boot": ""}', "GET /health: 200 has no boot id at boot"),
        ('{"uptime_s": 7, "boot": false}', "GET /health: 200 has no boot id at boot"),
        ("<p>", "GET /health: 200 is no JSON"),
    ],
)
def test_a_body_that_does_not_say_it_is_a_trouble(
    looks: Sampler, httpserver: HTTPServer, body: str, trouble: str
) -> None:
    httpserver.expect_request("/health").respond_with_data(body)
    witness = Witness(BOTH, ())
    witness.first(looks)
    assert [(each.uptime_s, each.boot, each.trouble) for each in witness.readings] == [(None, None, trouble)]


def test_a_firewall_says_nothing_of_the_application(looks: Sampler, httpserver: HTTPServer) -> None:
    blocked = Response("no", 403, headers={"cf-mitigated": "challenge"})
    httpserver.expect_request("/health").respond_with_response(blocked)
    httpserver.expect_request("/new").respond_with_response(blocked)
    witness = Witness(BOTH, ("/new",))
    witness.last(looks)
    said = "Cloudflare in front of it answered 403"
    assert [each.trouble for each in witness.readings] == [f"GET /health: {said}"]
    assert [(each.path, each.status, each.trouble) for each in witness.endpoints] == [("/new", None, said)]


def test_an_endpoint_is_asked_for_beside_a_name_that_nothing_has(looks: Sampler, httpserver: HTTPServer) -> None:
    """In the same folder, so that what answers everything there is told."""
    httpserver.expect_request("/api/new").respond_with_data("here")
    witness = Witness(None, ("/api/new?x=1",))
    witness.last(looks)
    (seen,) = witness.endpoints
    asked = [request.path for request, _ in httpserver.log]
    assert (seen.status, seen.trouble, asked[0]) == (200, None, "/api/new")
    assert asked[1].startswith("/api/new-smoke-test-")
    assert seen.beside == 500, "which the server of this test answers to what it does not expect"


def test_a_target_that_is_gone_is_a_trouble(tmp_path: Path) -> None:
    with HTTPServer() as gone:
        looks = sampler(tmp_path, gone)
    witness = Witness(BOTH, ("/new",))
    witness.last(looks)
    (reading,), (endpoint,) = witness.readings, witness.endpoints
    assert "GET /health: GET http://" in str(reading.trouble)
    assert "/new got no answer" in str(endpoint.trouble)


def test_a_witness_that_breaks_stops_no_gate() -> None:
    """A defect of the harness is told in place of a reading."""
    witness = Witness(BOTH, ())
    broken: Any = object()
    witness.first(broken)
    (reading,) = witness.readings
    assert str(reading.trouble).startswith("the harness broke: AttributeError: ")
