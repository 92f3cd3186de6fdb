"""What faults make of answers: headers, cookies, preflights, counters, and what is looked for in every one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smoke.answers.exchange import Exchange, Request
from smoke.answers.expectations import judge
from smoke.config.probe import Probe
from smoke.proof.fault import faults_of
from tests.proof.test_faults import a_probe, broken, the_fault
from tests.support.exchanges import an_answer

SESSION = "session=1; HttpOnly; SameSite=Lax; Secure; Path=/"
SAFE = {"session": {"http_only": True, "same_site": "Lax", "secure": "always"}}
PAGE = b"<!doctype html><html><p>Fine.</p></html>"


@pytest.mark.parametrize(
    ("expect", "good", "fault", "rule"),
    [
        (
            {"redirects_to": "/in"},
            an_answer(status=302, headers={"Location": "/in"}),
            "redirect-elsewhere",
            "the whole",
        ),
        (
            {"redirects_to": "/in"},
            an_answer(status=302, headers={"Location": "/in"}),
            "redirect-nowhere",
            "the whole of Location (absent)",
        ),
        (
            {"closes": 1000},
            replace(an_answer(), closed_with=1000),
            "socket-closes-badly",
            "WebSocket close code (1011)",
        ),
        (
            {"closes": 1011},
            replace(an_answer(), closed_with=1011),
            "socket-closes-badly",
            "WebSocket close code (1000)",
        ),
        ({"headers": {"X-A": {}}}, an_answer(headers={"X-A": "1"}), "header-missing X-A", "header X-A (absent)"),
        (
            {"headers": {"X-A": {"equals": "1"}}},
            an_answer(headers={"X-A": "1"}),
            "header-wrong X-A",
            "header X-A (1-not)",
        ),
        ({"headers": {"X-A": {"present": False}}}, an_answer(), "header-added X-A", "header X-A (present) is absent"),
        (
            {"cookies": SAFE},
            an_answer(headers={"Set-Cookie": SESSION}),
            "cookie-missing session",
            "cookie session (absent)",
        ),
        (
            {"cookies": SAFE},
            an_answer(headers={"Set-Cookie": SESSION}),
            "cookie-without-httponly session",
            "cookie session: HttpOnly (False)",
        ),
        (
            {"cookies": SAFE},
            an_answer(headers={"Set-Cookie": SESSION}),
            "cookie-without-samesite session",
            "cookie session: SameSite (absent)",
        ),
        (
            {"cookies": SAFE},
            an_answer(headers={"Set-Cookie": SESSION}),
            "cookie-without-secure session",
            "cookie session: Secure (False)",
        ),
        ({"tls_days_left": 30}, replace(an_answer(), tls_days_left=60.0), "certificate-ends", "days left of the cert"),
        ({}, replace(an_answer(), tls_days_left=60.0), "certificate-ends", "days left of the cert"),
        (
            {"content_type": "application/json"},
            an_answer('{"a": 1}', headers={"Content-Type": "application/json"}),
            "stack-trace",
            "the answer is not that of a crash",
        ),
        (
            {"content_type": "application/json"},
            an_answer("[1]", headers={"Content-Type": "application/json"}),
            "key-shown",
            "the answer does not show",
        ),
        (
            {"content_type": "text/html"},
            an_answer(PAGE, headers={"Content-Type": "text/html"}),
            "error-page-200",
            "the answer is not that of a crash",
        ),
    ],
)
def test_a_faulty_answer_breaks_what_implied_it(expect: dict[str, Any], good: Exchange, fault: str, rule: str) -> None:
    """And the good one does not."""
    probe = a_probe(**expect)
    assert judge(probe.expect, good) == ()
    assert any(each.startswith(rule) for each in broken(probe, fault, good))


def test_a_cookie_promises_the_attributes_that_it_must_have() -> None:
    """And to be there, whatever they are."""
    probe = a_probe(cookies={"session": {}, "basket": {"http_only": False, "same_site": "Strict"}})
    assert {fault.name for fault in faults_of(probe) if fault.field == "cookies"} == {
        *("cookie-missing session", "cookie-missing basket"),
        "cookie-without-samesite basket",
    }


ORIGIN = "https://app.example"
ALLOWED = {"Access-Control-Allow-Origin": ORIGIN, "Access-Control-Allow-Methods": "PUT, DELETE"}


def a_preflight(cors: str, method: str = "PUT") -> Probe:
    return a_probe("OPTIONS /items", beside={"preflight": {"origin": ORIGIN, "method": method}}, cors=cors)


def preflighted(headers: dict[str, str]) -> Exchange:
    asked = (("Origin", ORIGIN), ("Access-Control-Request-Method", "PUT"))
    request = Request(method="OPTIONS", url="https://shop.example/items", headers=asked)
    return replace(an_answer(headers={**headers, "X-Other": "1"}), request=request)


@pytest.mark.parametrize(
    ("cors", "fault", "rule"),
    [
        ("allowed", "cors-too-wide", "Access-Control-Allow-Origin (*)"),
        ("allowed", "cors-missing", "Access-Control-Allow-Origin (absent)"),
        ("allowed", "cors-method-missing", "Access-Control-Allow-Methods (absent)"),
        ("allowed", "preflight-refused", "status (403)"),
        ("refused", "cors-too-wide", "Access-Control-Allow-Origin (*)"),
        ("refused", "cors-open", f"Access-Control-Allow-Origin ({ORIGIN})"),
    ],
)
def test_a_faulty_preflight_lets_in_or_keeps_out_whom_it_must_not(cors: str, fault: str, rule: str) -> None:
    probe, good = a_preflight(cors), preflighted(ALLOWED if cors == "allowed" else {})
    assert judge(probe.expect, good) == ()
    assert any(each.startswith(rule) for each in broken(probe, fault, good))


def test_a_refused_preflight_says_nothing_of_who_may() -> None:
    refused = the_fault(a_preflight("allowed"), "preflight-refused").act(preflighted(ALLOWED), 1)
    assert refused.headers == (("X-Other", "1"),)


def test_methods_that_need_no_permission_are_not_missed() -> None:
    """GET, HEAD and POST go without (Fetch standard, CORS-safelisted methods)."""
    assert not any(fault.name == "cors-method-missing" for fault in faults_of(a_preflight("allowed", "POST")))


@pytest.mark.parametrize("code", [404, 500])
def test_a_listed_path_may_be_missing_and_its_description_there(code: int) -> None:
    fault = the_fault(a_probe("GET /openapi.json", openapi={}), f"listed-path-{code}")
    for description in (b'{"openapi": "3.1.0"}', b"openapi: 3.1.0"):
        assert fault.act(an_answer(description), 1).status == 200
    assert fault.act(an_answer(b'{"items": []}'), 2).status == code


def test_an_example_in_an_api_description_may_be_somebody() -> None:
    """What is described already stays; what is no description stays as it was."""
    probe = a_probe("GET /openapi.json", no_pii={}, json={"openapi": {}})
    good = an_answer('{"openapi": "3.1.0", "components": {"schemas": {"Item": {}}}}')
    spoilt = the_fault(probe, "pii-in-schema").act(good, 1)
    assert list(spoilt.at("components.schemas")) == ["Item", "Somebody"]
    assert broken(probe, "pii-in-schema", good)[0].startswith("personal data (1)")
    assert the_fault(probe, "pii-in-schema").act(an_answer("[1]"), 1).json == [1]


@pytest.mark.parametrize(
    ("must", "fault", "said"),
    [("move", "counter-stands", [b"n 4", b"n 4"]), ("stay", "counter-moves", [b"n 5", b"n 9"])],
)
def test_a_counter_stands_that_must_move_and_moves_that_must_stay(must: str, fault: str, said: list[bytes]) -> None:
    counter = {"read": "GET /metrics", "matches": r"n (\d+)", "must": must}
    act = the_fault(a_probe(beside={"counter": counter}), fault).act
    assert [act(an_answer(body), number).body for number, body in ((1, b"n 4"), (2, b"n 7"))] == said


def test_a_flaw_that_is_accepted_is_no_fault() -> None:
    """All others are."""
    strict, lenient = (
        {fault.name for fault in faults_of(a_probe(content_type="text/html", accepts=accepted))}
        for accepted in ((), ("half", "certificate"))
    )
    assert strict - lenient == {"page-cut", "certificate-ends"}
    assert lenient <= strict


def test_a_first_request_fails_once_and_one_of_three_each_time() -> None:
    """Who asks a series is to notice; who may ask again is to get over it."""
    good = an_answer(b"ok")
    first = the_fault(a_probe(), "first-request-fails")
    assert [first.act(good, number).status for number in (1, 2, 3)] == [503, 200, 200]
    assert (first.flaky, first.blames) == (True, frozenset())
    series = a_probe(p95_within_ms=100)
    assert not any(fault.name == first.name for fault in faults_of(series))
    third = the_fault(series, "every-third-fails")
    assert [third.act(good, number).status for number in (1, 2, 3, 6)] == [200, 200, 503, 503]


WRITING = {"permits": ["POST /orders"]}


@pytest.mark.parametrize(
    ("request_line", "beside", "late_ms"), [("GET /health", {}, 200), ("POST /orders", WRITING, 1_000)]
)
def test_what_is_late_is_so_at_its_first_byte_or_at_its_end(
    request_line: str, beside: dict[str, Any], late_ms: float
) -> None:
    """Twice the limit; of what is asked only once, as late as one answer must be to be enough."""
    probe, good = a_probe(request_line, beside=beside, within_ms=100, ceiling_ms=1_000), an_answer(total_ms=5)
    delayed, trickling = (the_fault(probe, name).act(good, 1).timing for name in ("delay", "slow-trickle"))
    assert (delayed.first_byte_ms, delayed.total_ms) == (5 + late_ms, 5 + late_ms)
    assert (trickling.first_byte_ms, trickling.total_ms) == (None, 5 + late_ms)
