"""What probes do around their request: sessions, sequences, polling, counters, percentiles, descriptions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import TypeAdapter
from pytest_httpserver import HTTPServer

from smoke.answers.exchange import Exchange, Request, Timing
from smoke.config.login import Login
from smoke.config.probe import Probe
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame
from smoke.observation import Observation
from smoke.probing.account import ProbeAccount
from smoke.probing.asking import Terms
from smoke.probing.failing import ProbeFailedError
from smoke.probing.runner import ProbeRunner
from smoke.secrets.secret import Secret

Answer = Callable[[Request], tuple[int, Any]]


class Service:
    """Answers every request by a function, and remembers what it was asked."""

    def __init__(self, answer: Answer, total_ms: float = 1.0) -> None:
        self.answer = answer
        self.total_ms = total_ms
        self.asked: list[Request] = []

    async def __call__(self, request: Request, _timeout_s: float) -> Exchange:
        self.asked.append(request)
        status, body = self.answer(request)
        content = body if isinstance(body, str) else json.dumps(body)
        return Exchange(
            request=request,
            status=status,
            headers=(("content-type", "text/plain" if isinstance(body, str) else "application/json"),),
            body=content.encode(),
            timing=Timing(total_ms=self.total_ms),
        )

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {urlsplit(request.url).path}" for request in self.asked]


def a_probe(id: str, request: str, **said: Any) -> Probe:  # noqa: A002 - as in YAML
    said = {"title": id, "category": "api-health", "expect": {}, **said}
    return TypeAdapter(Probe).validate_python({"id": id, "request": request, **said})


def run(service: Service, *probes: Probe, **terms: Any) -> tuple[dict[str, Observation], tuple[str, ...]]:
    """Run ``probes`` to their end, cleanup included."""
    given = Terms(base_url="https://shop.example", timeout_s=1, retry=RetryPolicy(attempts=1), **terms)
    runner = ProbeRunner(given, service)
    runner.start(probes)
    try:
        return {probe.id: runner.result(probe.id) for probe in probes}, runner.clean_up()
    finally:
        runner.stop()


def rules(observation: Observation) -> list[str]:
    return [finding.rule for attempt in observation.attempts for finding in attempt.findings]


CREATE = a_probe(
    "carts.create",
    "POST /carts",
    body={"test": True, "name": "smoke {run}"},
    permits=["POST /carts", "DELETE /carts/*"],
    capture={"cart": "data.id"},
    cleanup="DELETE /carts/{cart}",
    expect={"status": 201},
)
READ = a_probe("carts.read", "GET /carts/{cart}", after=["carts.create"])


def test_a_sequence_passes_captured_values_on_and_is_cleaned_up() -> None:
    """A later probe uses what an earlier one captured, and what was made is removed at the end."""
    service = Service(lambda request: (201, {"data": {"id": 7}}) if request.method == "POST" else (200, {}))
    probe = a_probe("carts.create", "POST /carts", **{**vars_of(CREATE), "body": {"test": True}})
    seen, troubles = run(service, probe, READ)
    assert service.lines == ["POST /carts", "GET /carts/7", "DELETE /carts/7"]
    assert [rules(observation) for observation in seen.values()] == [[], []]
    assert troubles == ()


def vars_of(probe: Probe) -> dict[str, Any]:
    return {
        "permits": probe.permits,
        "capture": probe.capture,
        "cleanup": probe.cleanup,
        "expect": {"status": 201},
    }


def test_what_comes_after_a_failure_is_not_run() -> None:
    """Where the first step fails, the next is NOT_RUN and nothing is cleaned up: there is nothing."""
    service = Service(lambda _request: (500, {}))
    probe = a_probe("carts.create", "POST /carts", **vars_of(CREATE))
    seen, troubles = run(service, probe, READ)
    assert service.lines == ["POST /carts"]
    assert seen["carts.read"].attempts == ()
    assert seen["carts.read"].not_run == "carts.create, which it comes after, did not pass"
    assert troubles == ()


def test_what_was_made_is_removed_though_its_answer_is_wrong() -> None:
    """A thing that was made is cleaned up even where its probe fails; an answer of another status made none."""
    said = {**vars_of(CREATE), "expect": {"status": 201, "json": {"data.name": {"equals": "smoke {run}"}}}}
    probe = a_probe("carts.create", "POST /carts", **said)
    made = Service(lambda request: (201 if request.method == "POST" else 200, {"data": {"id": 7, "name": "x"}}))
    seen, _ = run(made, probe)
    assert rules(seen["carts.create"]) == ["data.name ('x') == 'smoke {run}'"]
    assert made.lines == ["POST /carts", "DELETE /carts/7"]
    there_already = Service(lambda _request: (409, {"data": {"id": 7}}))
    run(there_already, probe)
    assert there_already.lines == ["POST /carts"]


def test_a_later_probe_expects_what_an_earlier_one_captured() -> None:
    """A captured value is known to expectations as to requests, and keeps its type."""
    service = Service(lambda request: (201 if request.method == "POST" else 200, {"data": {"id": 7}}))
    expect = {"json": {"data.id": {"equals": "{cart}"}}}
    read = a_probe("carts.read", "GET /carts/{cart}", after=["carts.create"], expect=expect)
    seen, _ = run(service, a_probe("carts.create", "POST /carts", **vars_of(CREATE)), read)
    assert rules(seen["carts.read"]) == []


@pytest.mark.parametrize(("value", "told"), [(None, "(missing) exists"), ("", "('') is not empty")])
def test_null_or_nothing_is_no_value_to_keep(value: str | None, told: str) -> None:
    """It would fill in nothing that later probes could rely on: they would ask for the list, and expect any text."""
    service = Service(lambda _request: (201, {"data": {"id": value}}))
    seen, _ = run(service, a_probe("carts.create", "POST /carts", **vars_of(CREATE)))
    assert rules(seen["carts.create"]) == [f"data.id {told}, to be kept as cart"]


def test_a_cleanup_that_fails_is_told() -> None:
    """What could not be removed is trouble with a name."""
    service = Service(lambda request: {"POST": (201, {"data": {"id": 7}}), "DELETE": (500, {})}[request.method])
    _, troubles = run(service, a_probe("carts.create", "POST /carts", **vars_of(CREATE)))
    assert troubles == ("cleanup of carts.create: DELETE /carts/7 answered 500",)


def test_a_value_that_is_not_there_to_capture_is_a_finding() -> None:
    """A missing value is red where it is missing, not where it is needed."""
    service = Service(lambda _request: (201, {"data": {}}))
    seen, _ = run(service, a_probe("carts.create", "POST /carts", **vars_of(CREATE)))
    assert rules(seen["carts.create"]) == ["data.id (missing) exists, to be kept as cart"]


LOGIN = Login(request="POST /login", body={"email": "{user}", "password": "{password}"}, token="access.token")
ANN = {"login": LOGIN, "accounts": {"ann": ProbeAccount(user="ann@shop.example", password=Secret("correct horse"))}}


def test_probes_of_one_account_sign_in_once() -> None:
    """The token is fetched once and sent by every probe of the account."""
    service = Service(lambda request: (200, {"access": {"token": "t-123"}} if request.method == "POST" else {}))
    run(service, *(a_probe(f"area.{name}", f"GET /{name}", account="ann") for name in "abc"), **ANN)
    assert service.lines.count("POST /login") == 1
    assert json.loads(service.asked[0].body or b"") == {"email": "ann@shop.example", "password": "correct horse"}
    signed = [request.header("authorization") for request in service.asked if request.method == "GET"]
    assert signed == ["Bearer t-123"] * 3


def test_a_refused_login_is_the_accounts_fault_and_not_tried_again() -> None:
    """A refused smoke account is ACCOUNT for every probe that needs it, after one try."""
    service = Service(lambda _request: (401, {"error": "no"}))
    seen, _ = run(service, *(a_probe(f"area.{name}", f"GET /{name}", account="ann") for name in "ab"), **ANN)
    assert service.lines == ["POST /login"]
    blames = {finding.blame for each in seen.values() for finding in each.attempts[0].findings}
    assert blames == {Blame.ACCOUNT}


def test_eventually_waits_until_it_holds() -> None:
    """A probe with patience asks until its expectations hold, and passes on its first attempt."""
    states = iter(["queued", "running", "done"])
    service = Service(lambda _request: (200, {"state": next(states)}))
    probe = a_probe(
        "job.done",
        "GET /job",
        eventually={"within_s": 5, "every_s": 0.01},
        expect={"json": {"state": {"equals": "done"}}},
    )
    seen, _ = run(service, probe)
    assert (rules(seen["job.done"]), len(seen["job.done"].attempts)) == ([], 1)


def test_eventually_ends_and_says_what_never_held() -> None:
    """When the time is over, the finding names it and what was still wrong."""
    service = Service(lambda _request: (200, {"state": "queued"}))
    probe = a_probe(
        "job.done",
        "GET /job",
        eventually={"within_s": 0.05, "every_s": 0.01},
        expect={"json": {"state": {"equals": "done"}}},
    )
    seen, _ = run(service, probe)
    assert rules(seen["job.done"])[0] == "holds within 0.05 s: state ('queued') == 'done'"


def counting(must: str, *values: object) -> list[str]:
    numbers = iter(values)
    service = Service(
        lambda request: (200, f"requests_total {next(numbers)}\n" if request.url.endswith("/metrics") else "{}")
    )
    counter = {"read": "GET /metrics", "matches": r"requests_total (\d+)", "must": must}
    seen, _ = run(service, a_probe("metrics.count", "GET /", counter=counter))
    return rules(seen["metrics.count"])


def test_a_counter_that_must_move_moves() -> None:
    """A counter is read before and after the request: it must move, or must stay."""
    assert counting("move", 4, 5) == []
    assert counting("stay", 4, 4) == []
    assert counting("move", 4, 4) == ["GET /metrics counter (4) moved from 4"]
    assert counting("stay", 4, 5) == ["GET /metrics counter (5) == 4 as before"]


@pytest.mark.parametrize("values", [("none", 4), (4, "none")])
def test_a_counter_without_its_number_counts_nothing(values: tuple[object, object]) -> None:
    """Whatever it must do, it cannot be told."""
    assert counting("move", *values) == ["GET /metrics has the number to count"]
    assert counting("stay", *values) == ["GET /metrics has the number to count"]


def test_a_counter_that_is_not_served_is_told_by_its_status() -> None:
    """Whoever stands before it is to blame, not what the number says."""
    service = Service(lambda request: (500 if request.url.endswith("/metrics") else 200, {}))
    counter = {"read": "GET /metrics", "json": "count", "must": "move"}
    seen, _ = run(service, a_probe("metrics.count", "GET /", counter=counter))
    (finding,) = seen["metrics.count"].attempts[-1].findings
    assert (finding.blame, finding.rule) == (Blame.APP_5XX, "status (500) == 200")


def test_a_counter_is_read_as_the_account_and_told_beside_what_else_is_wrong() -> None:
    """Reading the counter is signed in like the request, and a counter that moved is not hidden by a wrong answer."""
    numbers = iter([4, 5])

    def answer(request: Request) -> tuple[int, Any]:
        if request.method == "POST":
            return 200, {"access": {"token": "t-123"}}
        return (200, {"saved": next(numbers)}) if request.url.endswith("/stats") else (500, {})

    service = Service(answer)
    counter = {"read": "GET /stats", "json": "saved", "must": "stay"}
    seen, _ = run(service, a_probe("stats.count", "GET /", account="ann", counter=counter), **ANN)
    assert [request.header("authorization") for request in service.asked[1:]] == ["Bearer t-123"] * 3
    assert rules(seen["stats.count"]) == ["status (500) == 200", "GET /stats counter (5) == 4 as before"]


def test_a_percentile_is_judged_over_its_samples() -> None:
    """With p95_within_ms as many requests are sent as samples says, and the percentile has the budget."""
    service = Service(lambda _request: (200, {}), total_ms=700.0)
    probe = a_probe("health.fast", "GET /health", expect={"p95_within_ms": 500, "samples": 5})
    seen, _ = run(service, probe)
    assert len(service.asked) == 5
    assert rules(seen["health.fast"]) == ["health.fast.p95_ms (700) <= 500"]


def test_every_get_path_of_a_description_is_asked() -> None:
    """Paths of an OpenAPI description are filled with given, example or default parameters, and one 404 is red."""
    item = {"parameters": [{"name": "id", "example": 3}], "get": {}}
    paths = {"/a": {"get": {}}, "/b/{id}": item, "/c": {"post": {}}, "/d/{name}": {"get": {}}, "/skip": {"get": {}}}
    service = Service(
        lambda request: (404 if request.url.endswith("/d/x") else 200, {"openapi": "3.1.0", "paths": paths})
    )
    expect = {"openapi": {"parameters": {"name": "x"}, "skip": ["/skip"]}}
    seen, _ = run(service, a_probe("api.described", "GET /openapi.json", expect=expect))
    assert sorted(service.lines) == ["GET /a", "GET /b/3", "GET /d/x", "GET /openapi.json"]
    assert rules(seen["api.described"]) == ["GET /d/x (404) is served, as the description says"]


def test_a_websocket_is_connected_answered_and_closed() -> None:
    """A WS probe sends its message to a real server, judges the first answer and the close code."""
    from websockets.asyncio.server import serve

    from smoke.probing.client import send

    async def echo(socket: Any) -> None:
        async for message in socket:
            await socket.send(f"echo {message}")

    async def look() -> Exchange:
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await send(Request(method="WS", url=f"http://127.0.0.1:{port}/ws", body=b"hello"), 5)

    exchange = asyncio.run(look())
    assert (exchange.status, exchange.text, exchange.closed_with) == (101, "echo hello", 1000)


def test_a_websocket_is_not_led_elsewhere(httpserver: HTTPServer) -> None:
    """As in a browser, a redirect is a handshake that was refused: nobody else is asked."""
    from smoke.probing.client import send

    httpserver.expect_request("/old").respond_with_data(status=302, headers={"Location": "/new"})
    exchange = asyncio.run(send(Request(method="WS", url=httpserver.url_for("/old"), body=b"hello"), 5))
    assert exchange.status == 302
    assert [request.path for request, _ in httpserver.log] == ["/old"]


def test_a_websocket_at_an_address_that_is_none_fails_its_own_probe() -> None:
    """A fragment, which no WebSocket has (RFC 6455, 3)."""
    from smoke.probing.client import send

    with pytest.raises(ProbeFailedError, match="fragment"):
        asyncio.run(send(Request(method="WS", url="http://127.0.0.1:9/ws#x", body=b"hello"), 5))
