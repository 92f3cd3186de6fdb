"""Every class of blame, produced for real by a journey and by a probe, and seen as what it is: never as another."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.model import Blame, Outcome
from tests.running.conftest import ANY_BAND
from tests.support import warm
from tests.support.loopback import certificate_in, with_certificate
from tests.support.project import a_suite

pytestmark = pytest.mark.browser

JOURNEYS = {
    Blame.DNS: 'page.goto(journey.target.urls["nowhere"])',
    Blame.TCP: 'page.goto(journey.target.urls["closed"])',
    Blame.TLS: 'page.goto(journey.target.urls["untrusted"])',
    Blame.APP_5XX: 'page.goto("./broken"); expect(page.get_by_text("Welcome")).to_be_visible(timeout=300)',
    Blame.APP_4XX: 'page.goto("./moved"); expect(page.get_by_text("Welcome")).to_be_visible(timeout=300)',
    Blame.JS_ERROR: 'page.goto("./throws")',
    Blame.ASSERTION: 'page.goto("./"); expect(page.get_by_text("Goodbye")).to_be_visible(timeout=300)',
    Blame.SLOW: 'page.goto("./slow", timeout=400)',
    Blame.EDGE_BLOCKED: 'page.goto("./puzzle"); assert page.title() == "Shop"',
    Blame.ACCOUNT: 'page.goto("./")\n'
    "page.evaluate(\"fetch('/login', {method: 'POST'})\"); raise AccountError('login of ben was not accepted: 423')",
    Blame.STALE_BUILD: 'page.goto("./old")',
    Blame.HARNESS: 'page.goto("./"); {}["safe_prompt"]',
    Blame.RUNNER_OFFLINE: 'page.goto("./")',
    Blame.SAFETY: "page.goto(\"./\"); page.evaluate(\"fetch('/tried', {method: 'DELETE'}).catch(() => 0)\")",
}
"""What the journey does that must end with this blame."""
PROBES = {
    Blame.DNS: "request: GET /, base: nowhere, expect: {}",
    Blame.TCP: "request: GET /, base: closed, expect: {}",
    Blame.TLS: "request: GET /, base: untrusted, expect: {}",
    Blame.APP_5XX: "request: GET /broken, expect: {}",
    Blame.APP_4XX: "request: GET /missing, expect: {}",
    Blame.ASSERTION: "request: GET /, expect: {contains: [Goodbye]}",
    Blame.SLOW: "request: GET /slow, expect: {within_ms: 100}",
    Blame.EDGE_BLOCKED: "request: GET /challenge, expect: {status: 403}",
    Blame.ACCOUNT: "request: GET /, account: ann, permits: [POST /login], expect: {}",
    Blame.HARNESS: "request: GET /, expect: {tls_days_left: 7}",
    Blame.RUNNER_OFFLINE: "request: GET /, expect: {}",
}
"""The same over HTTP. A probe runs no script and opens no page, and none that writes unpermitted can be loaded."""
PAGES = {
    "/": ("<title>Shop</title><h1>Welcome</h1>", 200),
    "/missing": ("<h1>Not here</h1>", 404),
    "/moved": ("", 302),
    "/broken": ("<h1>Out of order</h1>", 503),
    "/throws": ("<script>null.cart</script>", 200),
    "/old": ("<h1>Welcome</h1>", 200),
    "/puzzle": ("<title>Human verification</title>One moment", 202),
    "/challenge": ("<title>Just a moment...</title>", 403),
    "/slow": ("<h1>Welcome at last</h1>", 200),
    "/login": ("Locked", 423),
    "/favicon.ico": ("", 200),
}
HEADERS = {"/moved": {"Location": "/missing"}, "/puzzle": {"x-amzn-waf-action": "challenge"}}
SUITE = """\
title: Shop
page: {build: {header: X-Build}}
accounts:
  ann: {user: ann, role: basic, password: SHOP_PASSWORD}
  ben: {user: ben, role: basic, password: SHOP_PASSWORD}
login: {request: POST /login, body: {u: "{user}", p: "{password}"}, token: $.token}
environments:
  local: {base_url: "URL", timeout_ms: 3000, urls: URLS, controls: ["ONLINE"]}
  offline: {base_url: "http://no-such-shop.invalid", timeout_ms: 3000, urls: URLS, controls: ["OFFLINE"]}
"""
JOURNEY = '''
@check("{name}.journey", category="critical-paths"{extra})
def test_{function}(page, journey):
    """{blame} by a journey."""
{body}
'''
HEAD = """\
from playwright.sync_api import expect
from smoke.judging.blame import AccountError
from smoke.running.checks import check
"""
EXTRA = {Blame.ACCOUNT: ', account="ben", permits=["POST /login"]'}


def name_of(blame: Blame) -> str:
    return blame.lower().replace("_", "-")


EXPECTED = {
    **{f"{name_of(blame)}.journey": blame for blame in JOURNEYS},
    **{f"{name_of(blame)}.probe": blame for blame in PROBES},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One run of some of the checks."""

    code: int
    verdict: dict[str, Any]
    said: str


def page(request: Request) -> Response:
    body, status = PAGES[request.path]
    if request.path == "/slow":
        threading.Event().wait(0.8)
    headers = {"X-Build": "1" if request.path == "/old" else "2", **HEADERS.get(request.path, {})}
    return Response(body, status, content_type="text/html", headers=headers)


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose certificate nobody vouches for."""
    context = with_certificate(certificate_in(tmp_path_factory.mktemp("tls")))
    with HTTPServer(ssl_context=context) as server:
        yield server.url_for("").rstrip("/")


@pytest.fixture(scope="module")
def runs(untrusted: str, tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """What fails, what cannot be judged, and what a runner without network sees: three runs of one suite."""
    folder = tmp_path_factory.mktemp("matrix")
    with ExitStack() as stack:
        shop = stack.enter_context(HTTPServer(threaded=True))
        for path in PAGES:
            shop.expect_request(path).respond_with_handler(page)
        control = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))  # and never listens
        urls = {
            "nowhere": "http://no-such-shop.invalid",
            "closed": f"http://127.0.0.1:{closed.getsockname()[1]}",
            "untrusted": untrusted,
        }
        write(folder, shop.url_for("").rstrip("/"), urls, control.getsockname()[1])
        wanted: dict[Outcome, list[Blame]] = {Outcome.FAIL: [], Outcome.INCONCLUSIVE: []}
        for blame in JOURNEYS:
            wanted[blame.outcome].append(blame)
        wanted[Outcome.INCONCLUSIVE].remove(Blame.RUNNER_OFFLINE)
        runs = {
            "fail": (wanted[Outcome.FAIL], "--env", "local"),
            "inconclusive": (wanted[Outcome.INCONCLUSIVE], "--env", "local", "--expect-build", "2"),
            "offline": ([Blame.RUNNER_OFFLINE], "--env", "offline"),
        }
        with ThreadPoolExecutor(len(runs)) as pool:  # most of their time is waiting
            begun = [
                pool.submit(run, folder, blames, *options, "--reports", name)
                for name, (blames, *options) in runs.items()
            ]
            return [each.result() for each in begun]


def write(folder: Path, url: str, urls: dict[str, str], control: int) -> None:
    texts = {"URLS": json.dumps(urls), "URL": url, "ONLINE": f"127.0.0.1:{control}", "OFFLINE": "127.0.0.1:1"}
    suite = SUITE.replace("ONLINE", texts["ONLINE"], 1)
    for name in ("URLS", "URL", "OFFLINE"):
        suite = suite.replace(name, texts[name])
    probes = [
        f"  - {{id: {name_of(blame)}.probe, title: {blame} by a probe, category: api-health, {said}}}\n"
        for blame, said in PROBES.items()
    ]
    tests = [
        JOURNEY.format(
            name=name_of(blame),
            function=blame.lower(),
            blame=blame,
            extra=EXTRA.get(blame, ""),
            body=indent(dedent(body), "    "),
        )
        for blame, body in JOURNEYS.items()
    ]
    a_suite(folder, suite, "probes:\n" + "".join(probes), test_blames=HEAD + "".join(tests))


def run(folder: Path, blames: list[Blame], *options: str) -> Ended:
    wanted = [word for blame in blames for word in ("--check", name_of(blame))]
    environ = {
        **os.environ,
        "SHOP_PASSWORD": "correct horse",
        "SMOKE_STATE": str(folder / "state"),
        "SMOKE_RUNNER_BAND": ANY_BAND,
    }
    done = warm.smoke("run", "--json", *options, *wanted, cwd=folder, environ=environ)
    assert done.stdout.startswith("{"), done.stderr
    return Ended(code=done.returncode, verdict=json.loads(done.stdout), said=done.stderr)


def told(seen: Counter[tuple[Blame, str]]) -> str:
    """The confusion matrix as text: expected from above, seen from left to right, a dot for nothing."""
    across = sorted({blame for _, blame in seen})
    rows = [
        f"{blame:<16}" + " ".join(str(seen[blame, each] or ".").center(len(each)) for each in across)
        for blame in JOURNEYS
    ]
    return "\n".join([f"{'expected / seen':<16}" + " ".join(across), *rows])


def test_every_class_of_blame_is_produced() -> None:
    """A new class needs a journey that produces it, and a probe where one can."""
    assert set(JOURNEYS) == set(Blame)
    assert set(Blame) - set(PROBES) == {Blame.JS_ERROR, Blame.STALE_BUILD, Blame.SAFETY}


def test_the_confusion_matrix_is_diagonal(runs: list[Ended]) -> None:
    """Whatever is produced is seen as that, in every check."""
    checks = {check["id"]: check for ended in runs for check in ended.verdict["checks"]}
    assert set(checks) == set(EXPECTED)
    seen = Counter((EXPECTED[name], str(check["blame"])) for name, check in checks.items())
    wrong = {name: check["evidence"] for name, check in checks.items() if check["blame"] != EXPECTED[name]}
    assert not wrong, f"{told(seen)}\n{json.dumps(wrong, indent=1)}"


def test_outcome_and_exit_code_follow_the_blame(runs: list[Ended]) -> None:
    """What is the application's fails with 1; what kept us from judging is INCONCLUSIVE with 3, and never green."""
    assert [ended.code for ended in runs] == [1, 3, 3], [ended.said for ended in runs]
    assert [ended.verdict["verdict"] for ended in runs] == ["FAIL", "INCONCLUSIVE", "INCONCLUSIVE"]
    for check in (check for ended in runs for check in ended.verdict["checks"]):
        assert check["outcome"] == EXPECTED[check["id"]].outcome, check["evidence"]
        assert check["hint"], check["id"]


def test_every_bad_outcome_has_evidence_and_a_trace(runs: list[Ended]) -> None:
    """The finding is followed by a few lines that support it; by its trace id the target's logs can be searched."""
    for check in (check for ended in runs for check in ended.verdict["checks"]):
        traces = {line for line in check["evidence"] if line.startswith("trace id ")}
        assert len(traces) == 1, check["evidence"]
        assert len({line.removeprefix("trace id ") for line in traces}.pop()) == 32
    failed = {check["id"]: check["evidence"] for check in runs[0].verdict["checks"]}
    assert "GET /moved 302 -> /missing 404" in failed["app-4xx.journey"]
    assert "GET /broken answered 503" in failed["app-5xx.journey"]
    assert any(line.startswith("at e2e/shop/test_blames.py:") for line in failed["assertion.journey"])
    assert "answered 503 text/html: <h1>Out of order</h1>" in failed["app-5xx.probe"]


def test_one_cause_is_told_once(runs: list[Ended]) -> None:
    """A host that does not resolve takes journey and probe down: one cause lists both, and is printed once."""
    causes = {cause["text"]: cause for cause in runs[0].verdict["causes"]}
    lost = causes["the host no-such-shop.invalid does not resolve"]
    assert (lost["blame"], lost["checks"]) == ("DNS", ["dns.journey", "dns.probe"])
    assert causes["GET /broken answers 503"]["checks"] == ["app-5xx.journey", "app-5xx.probe"]
    everyone = [name for cause in runs[0].verdict["causes"] for name in cause["checks"]]
    assert sorted(everyone) == sorted(check["id"] for check in runs[0].verdict["checks"])
    assert runs[0].said.count("\nFAIL (DNS) the host no-such-shop.invalid does not resolve: took down 2 of ") == 1
    assert "FAIL (DNS) dns." not in runs[0].said
    offline = runs[2].verdict
    assert offline["reason"].endswith("took down 2 of 2 checks")
    assert offline["reason"].startswith("this runner reaches neither the target nor 127.0.0.1:1")
