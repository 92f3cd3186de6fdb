"""Nothing is written without a permit, whatever part of a page tries, and what does leave names the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from smoke.plan import Selection, plan
from smoke.running.guard import guard_of
from smoke.running.interception import watch_context
from smoke.running.target import Target
from tests.running.shop import Shop, run
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
    "redirect": "page.evaluate(\"fetch('/asks', {method: 'POST'}).catch(() => 0)\")",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_write_without_a_permit_never_reaches_the_target(way: str, shop: Shop, tmp_path: Path) -> None:
    """The request is stopped in the browser, and the run fails as a breach of safety that names it."""
    code, verdict = run(tmp_path, shop, WAYS[way])
    assert [each for each in shop.writes if each != "POST /asks"] == []
    check = verdict["checks"][0]
    assert (code, verdict["verdict"], check["blame"]) == (1, "FAIL", "SAFETY"), check["evidence"]
    assert any("/tried is permitted" in line for line in check["evidence"])
    assert [each.split(" ", 1)[1] for each in verdict["safety"]["blocked"]] == ["/tried (shop.home)"]


def test_a_write_with_a_permit_is_made_and_is_on_the_receipt(shop: Shop, tmp_path: Path) -> None:
    """What a journey names goes through, and so does nothing else."""
    code, verdict = run(tmp_path, shop, WAYS["fetch"], ', "POST /tried"')
    assert (code, shop.writes) == (0, ["POST /tried"]), verdict["checks"][0]["evidence"]
    made = [(each["method"], each["path"], each["permission"]) for each in verdict["safety"]["mutations"]]
    assert (made, verdict["safety"]["blocked"]) == ([("POST", "/tried", "POST /tried")], [])


def test_plain_pytest_options_take_no_guard_away(shop: Shop, tmp_path: Path) -> None:
    """With pytest's own options the browser is started by its fixtures, under the same guard."""
    code, verdict = run(tmp_path, shop, WAYS["fetch"], "", "--", "--tracing", "off")
    assert (code, verdict["checks"][0]["blame"], shop.writes) == (1, "SAFETY", [])


def test_every_request_names_the_harness_and_each_page_its_run(shop: Shop, tmp_path: Path) -> None:
    """Logs of the target tell our requests from a user's, and lead from a failure to its trace."""
    _, verdict = run(tmp_path, shop, WAYS["fetch"], ', "POST /tried"')
    assert all(" smoke-harness/" in each.headers["User-Agent"] for each in shop.asked)
    ids = {(each.headers.get("X-Smoke-Test"), each.headers.get("traceparent", "")[3:35]) for each in shop.asked}
    assert len(ids) == 1
    ((run_id, trace),) = ids
    assert run_id == verdict["run_id"]
    assert len(trace) == 32


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
    assert check["evidence"][0] == "the application itself answers (403), not Cloudflare in front of it"


def test_a_browser_without_devtools_is_guarded_by_context(shop: Shop, tmp_path: Path) -> None:
    """The way that Firefox and WebKit take, here in Chromium: the write is stopped, the rest is marked."""
    from playwright.sync_api import sync_playwright

    from smoke.browser import find_browser, launch_options

    target = Target(base_url=shop.url, urls={}, contract="planned", timeout_ms=3000, texts={}, budgets={})
    guard = guard_of(plan(a_project(tmp_path).load(), "local", None, Selection()), target, "the run")
    asker = guard.asker()
    asker.check_id = "home.load"
    with sync_playwright() as driver, driver.chromium.launch(**launch_options(find_browser())) as browser:
        context = browser.new_context()
        watch_context(guard, context, asker)
        page = context.new_page()
        page.goto(shop.url)
        page.evaluate("fetch('/tried', {method: 'POST'}).catch(() => 0)")
        page.evaluate("fetch('/tried')")
    assert guard.receipt().blocked == ("POST /tried (home.load)",)
    assert (shop.writes, [each.path for each in shop.asked]) == ([], ["/", "/tried"])
    assert {each.headers["X-Smoke-Test"] for each in shop.asked} == {"the run"}
    assert all(" smoke-harness/" in each.headers["User-Agent"] for each in shop.asked)
