"""Nothing is written without a permit, whatever part of a page tries, and what does leave names the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from smoke.planning.plan import Selection, plan
from smoke.running.guard import guard_of
from smoke.running.interception import watch_context
from smoke.target import Target, origin_of
from tests.running.shop import Shop, Way, check_of, id_of, run, run_many, serving
from tests.support.chromium import chromium
from tests.support.project import a_project

pytestmark = pytest.mark.browser

WAYS = {
    "fetch": "page.evaluate(\"fetch('/tried', {method: 'POST'}).catch(() => 0)\")",
    "xhr": 'page.evaluate("new Promise(end => { const x = new XMLHttpRequest(); x.onloadend = end;'
    " x.open('PUT', '/tried'); x.send('1') })\")",
    "beacon": "page.evaluate(\"navigator.sendBeacon('/tried', '1')\"); page.goto(\"./?next\")",
    "form": "with page.expect_event('requestfailed'): page.evaluate(\"document.forms.form.submit()\")",
    "form in a window of its own": "with page.context.expect_event('requestfailed'):"
    ' page.evaluate("document.forms.window.submit()")',
    "worker": """page.evaluate("new Promise(end => { const w = new Worker(URL.createObjectURL(new Blob(["
        "`fetch('${location.origin}/tried', {method: 'DELETE'}).catch(() => 0).then(() => postMessage(1))`])));"
        " w.onmessage = end })")""",
    "service worker": """page.evaluate("navigator.serviceWorker.register('/sw.js')"
        ".then(() => navigator.serviceWorker.ready).then(() => 1)")""",
    "keepalive": "page.evaluate(\"fetch('/tried', {method: 'POST', keepalive: true}).catch(() => 0)\")",
    "the journey's own client": 'journey.api.delete("/tried")',
    "the context's client": 'page.context.request.fetch("/tried", method="PUT")',
    "a client of its own": 'playwright.request.new_context(base_url=journey.target.base_url).post("/tried")',
    "a client's redirect": 'journey.api.post("/asks")',
    "a route that asks": """page.route("**/x", lambda route: [route.abort(), route.fetch(url="/tried", method="POST")])
    page.evaluate("fetch('/x').catch(() => 0)")""",
    "redirect": "page.evaluate(\"fetch('/asks', {method: 'POST'}).catch(() => 0)\")",
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """What is told of one run that goes every way, and what the shop was asked to write."""
    with serving() as (_, shop):
        ways = {name: Way(does, arguments="page, journey, playwright") for name, does in WAYS.items()}
        code, verdict = run_many(tmp_path_factory.mktemp("guard"), shop, ways)
        assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]
        return verdict, shop.writes


@pytest.mark.parametrize("way", WAYS)
def test_a_write_without_a_permit_is_stopped(way: str, tried: tuple[dict[str, Any], list[str]]) -> None:
    """In the browser, and the check fails as a breach of safety that names it."""
    verdict, _ = tried
    check = check_of(verdict, way)
    assert (check["outcome"], check["blame"]) == ("FAIL", "SAFETY"), check["evidence"]
    assert any("/tried, which none of its permits names; it was stopped" in line for line in check["evidence"])
    blocked = [each.split(" ", 1)[1] for each in verdict["safety"]["blocked"]]
    assert [each for each in blocked if f"({check['id']})" in each] == [f"/tried ({check['id']})"]


def test_a_write_without_a_permit_never_reaches_the_target(tried: tuple[dict[str, Any], list[str]]) -> None:
    """As many were stopped as were tried."""
    verdict, writes = tried
    assert [each for each in writes if each != "POST /asks"] == []
    assert len(verdict["safety"]["blocked"]) == len(WAYS)


@pytest.mark.parametrize(
    "way",
    [
        "import urllib.request; urllib.request.urlopen(journey.target.base_url + '/tried', data=b'x')",
        """import http.client, threading
    client = http.client.HTTPConnection(journey.target.base_url[7:])
    ask = threading.Thread(target=client.request, args=("POST", "/tried"))
    ask.start()
    ask.join()""",
    ],
    ids=["here", "in a thread"],
)
def test_python_asks_the_target_only_through_clients_that_are_watched(way: str, shop: Shop, tmp_path: Path) -> None:
    """A connection of the journey's own never reaches the target, and is never green."""
    code, verdict = run(tmp_path, shop, way)
    assert (code in (1, 3), shop.writes) == (True, [])
    assert any(each.startswith("CONNECT localhost:") for each in verdict["safety"]["blocked"])


ASKS_ELSEWHERE = """there = journey.target.base_url.replace("localhost", "127.0.0.1")
    asked = playwright.request.new_context(base_url=f"{there}/elsewhere/").get("list")
    assert asked.text() == "there\""""
STARTS_ANOTHER = "playwright.chromium.launch().new_page().goto(journey.target.base_url + '/another')"
PERMITTED = {
    "writes": Way(WAYS["fetch"], ', "POST /tried"'),
    "writes and fails": Way(f"{WAYS['fetch']}; assert page.title() == 'Sold'", ', "POST /tried"'),
    "reads and fails": Way(
        "page.evaluate(\"fetch('/logout', {method: 'POST'}).catch(() => 0)\"); assert page.title() == 'Sold'",
        ', "POST /tried", "POST /logout"',
    ),
    "asks elsewhere": Way(ASKS_ELSEWHERE, arguments="page, journey, playwright"),
    "starts a browser": Way(STARTS_ANOTHER, arguments="page, journey, playwright"),
}


@pytest.fixture(scope="module")
def permitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Shop]:
    """What is told of one run whose writes are permitted, and the shop that was asked."""
    with serving() as (server, shop):
        server.expect_request("/elsewhere/list").respond_with_data("there")
        server.expect_request("/another").respond_with_handler(shop.answer)
        _, verdict = run_many(tmp_path_factory.mktemp("permitted"), shop, PERMITTED)
        return verdict, shop


def test_a_client_of_its_own_asks_whom_it_was_made_for(permitted: tuple[dict[str, Any], Shop]) -> None:
    """What is relative to another address goes there, not to the target."""
    check = check_of(permitted[0], "asks elsewhere")
    assert check["outcome"] == "PASS", check["evidence"]


def test_a_journey_starts_no_browser_of_its_own(permitted: tuple[dict[str, Any], Shop]) -> None:
    """Nobody would watch it."""
    verdict, shop = permitted
    check = check_of(verdict, "starts a browser")
    assert (check["outcome"], "/another" in {each.path for each in shop.asked}) == ("INCONCLUSIVE", False)
    assert "uses the browser that it is given" in check["evidence"][0]


@pytest.mark.parametrize(
    ("written", "browsers"),
    [
        ("http://LOCALHOST:80/a", "http://localhost"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://127.1:08080", "http://127.0.0.1:8080"),
        ("http://ann:pass@shop.example/x", "http://shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:80/", "http://[::1]"),
        ("wss://shop.example:8443/live", "wss://shop.example:8443"),
    ],
)
def test_an_origin_is_written_as_browsers_do(written: str, browsers: str) -> None:
    """Whatever way the address of a target is spelt, its requests are first-party."""
    assert origin_of(written) == browsers


def test_a_write_with_a_permit_is_made_and_is_on_the_receipt(permitted: tuple[dict[str, Any], Shop]) -> None:
    """What a journey names goes through, and so does nothing else."""
    verdict, shop = permitted
    check = check_of(verdict, "writes")
    assert (check["outcome"], shop.writes.count("POST /tried")) == ("PASS", 2), check["evidence"]
    receipt = [each for each in verdict["safety"]["mutations"] if each["path"] == "/tried"]
    made = {each["check"]: (each["method"], each["count"], each["permission"]) for each in receipt}
    assert made == {id_of(way): ("POST", 1, "POST /tried") for way in ("writes", "writes and fails")}
    assert verdict["safety"]["blocked"] == []


def test_plain_pytest_options_take_no_guard_away(shop: Shop, tmp_path: Path) -> None:
    """With pytest's own options the browser is started by its fixtures, under the same guard."""
    code, verdict = run(tmp_path, shop, WAYS["fetch"], "", "--", "--tracing", "off")
    assert (code, verdict["checks"][0]["blame"], shop.writes) == (1, "SAFETY", [])


def test_every_request_names_the_harness_and_each_page_its_run(permitted: tuple[dict[str, Any], Shop]) -> None:
    """Logs of the target tell our requests from a user's, and lead from a failure to its trace."""
    verdict, shop = permitted
    assert all(" smoke-harness/" in each.headers["User-Agent"] for each in shop.asked)
    assert {each.headers.get("X-Smoke-Test") for each in shop.asked} == {verdict["run_id"]}
    traces = {each.headers.get("traceparent", "")[3:35] for each in shop.asked}
    assert {len(trace) for trace in traces} == {32}
    assert len(traces) == len(PERMITTED)
    evidence = [line for check in verdict["checks"] for line in check["evidence"]]
    assert {line.removeprefix("trace id ") for line in evidence if line.startswith("trace id ")} <= traces


def test_an_edge_that_stops_us_is_not_the_application(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """A challenge in place of the page is INCONCLUSIVE, with its service, and told alone."""
    challenge = Response(
        "<title>Just a moment...</title>", 403, content_type="text/html", headers={"Server": "cloudflare"}
    )
    httpserver.clear()
    httpserver.expect_request("/").respond_with_response(challenge)
    code, verdict = run(tmp_path, shop, "assert page.title() == 'Shop'")
    check = verdict["checks"][0]
    assert (code, check["outcome"], check["blame"]) == (3, "INCONCLUSIVE", "EDGE_BLOCKED"), check["evidence"]
    assert check["evidence"][0] == "Cloudflare answered 403; the application was not reached"


def test_a_browser_without_devtools_is_guarded_by_context(shop: Shop, tmp_path: Path) -> None:
    """The way that Firefox and WebKit take, here in Chromium: the write is stopped, the rest is marked."""

    target = Target(base_url=shop.url, urls={}, contract="planned", timeout_ms=3000, texts={}, budgets={})
    guard = guard_of(plan(a_project(tmp_path).load(), "local", None, Selection()), target, "the run")
    asker = guard.asker()
    asker.check_id = "home.load"
    with chromium() as browser:
        context = browser.new_context()
        watch_context(guard, context, asker)
        page = context.new_page()
        page.goto(shop.url)
        page.evaluate("fetch('/tried', {method: 'POST'}).catch(() => 0)")
        page.evaluate("fetch('/tried')")
    assert guard.safety().blocked == ("POST /tried (home.load)",)
    assert (shop.writes, [each.path for each in shop.asked]) == ([], ["/", "/tried"])
    assert {each.headers["X-Smoke-Test"] for each in shop.asked} == {"the run"}
    assert all(" smoke-harness/" in each.headers["User-Agent"] for each in shop.asked)


def test_a_journey_that_has_written_does_not_write_again(permitted: tuple[dict[str, Any], Shop]) -> None:
    """It failed after a permitted write: once is enough, and the finding says why it was not tried again."""
    check = check_of(permitted[0], "writes and fails")
    assert (check["outcome"], len(check["attempts"])) == ("FAIL", 1)
    assert "not tried again: it has written POST /tried" in check["evidence"]


def test_a_journey_that_has_only_read_is_tried_again(permitted: tuple[dict[str, Any], Shop]) -> None:
    """A permit that was not used changed nothing; neither did signing out."""
    assert len(check_of(permitted[0], "reads and fails")["attempts"]) == 2
