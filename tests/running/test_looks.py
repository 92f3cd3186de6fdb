"""No page of a journey goes unseen, however it was opened and however fast it is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.running.shop import Shop, run

pytestmark = pytest.mark.browser

NEVER = 'page: {never: ["out of order"]}\n'
BAD = "<!doctype html><title>Bad</title><p>This page is out of order</p>"
WITHIN = {
    "a frame": "<iframe srcdoc='<p>This page is out of order</p>'></iframe>",
    "a shadow root": """<div id=host></div><script>
document.getElementById('host').attachShadow({mode: 'open'}).innerHTML = '<p>This page is out of order</p>'
</script>""",
}
ENDLESS = """<!doctype html><title>Busy</title><p>Busy</p><script>
const told = new BroadcastChannel("told")
told.onmessage = () => { told.postMessage("begun"); for (;;); }
</script>"""
BUSY = """with page.context.expect_page() as opened:
        page.evaluate("window.open('/busy', '_blank', 'noopener') && 0")
    opened.value.wait_for_load_state()
    page.evaluate("new Promise(end => { const told = new BroadcastChannel('told');"
                  " told.onmessage = end; told.postMessage('begin') }).then(() => 1)")
    for number in range(10):
        with journey.step(str(number)):
            pass
"""
WAYS = {
    "left at once": 'page.goto("./bad"); page.goto("./")',
    "left after its step": 'with journey.step("see"):\n        page.goto("./bad")\n    page.goto("./")',
    "left by a script": 'page.goto("./bad"); page.evaluate("location.href = \'/\'"); page.wait_for_url("**/")',
    "closed": 'page.goto("./bad"); page.close()',
    "its context closed": 'page.goto("./bad"); page.context.close()',
    "a popup, closed": """with page.expect_popup() as popup:
        page.evaluate("window.open('/bad') && 0")
    popup.value.wait_for_load_state()
    popup.value.close()""",
    "a page of the browser": 'other = page.context.browser.new_page(); other.goto(page.url + "bad"); other.close()',
    "a context of the browser": 'page.context.browser.new_context().new_page().goto(page.url + "bad")',
    "a change of the same page": """with journey.step("one"):
        page.evaluate("document.body.append('out of order')")
    with journey.step("two"):
        page.evaluate("document.body.textContent = 'fine'")""",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_page_is_judged(way: str, shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """What a page must never show is found on every page of the target, whatever became of it."""
    httpserver.expect_request("/bad").respond_with_data(BAD, content_type="text/html")
    code, verdict = run(tmp_path, shop, WAYS[way], suite=NEVER)
    assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]
    assert "out of order" in verdict["checks"][0]["evidence"][0]


@pytest.mark.parametrize("where", WITHIN)
def test_what_a_page_never_shows_is_found_within_it(
    where: str, shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """In its frames and its components too."""
    page = f"<!doctype html><title>Parts</title><p>Fine</p>{WITHIN[where]}"
    httpserver.expect_request("/parts").respond_with_data(page, content_type="text/html")
    code, verdict = run(tmp_path, shop, 'page.goto("./parts")', suite=NEVER)
    assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]


EMPTY = {
    "nothing at all": ("", 1),
    "only what is hidden": ("<!doctype html><title>Shop</title><p hidden>Fine</p>", 1),
    "a picture": ("<!doctype html><svg width=9 height=9><rect width=9 height=9 /></svg>", 0),
    "a form": ("<!doctype html><input>", 0),
    "what a script brings late": (
        "<!doctype html><script>onload = () => setTimeout(() => document.body.append('Fine'), 300)</script>",
        0,
    ),
}


@pytest.mark.parametrize("what", EMPTY)
def test_a_page_with_nothing_on_it_is_found(what: str, shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """Without the journey asking for anything on it; a page is not blank before it had the time to be anything else."""
    page, expected = EMPTY[what]
    httpserver.expect_request("/empty").respond_with_data(page, content_type="text/html")
    code, verdict = run(tmp_path, shop, 'page.goto("./empty")')
    assert code == expected, verdict["reason"]
    assert ("page /empty shows something" in verdict["reason"]) == bool(expected)


ERROR_PAGE = "<!doctype html><html><title>Shop</title><style>p { color: red }</style><div id=root></div></html>"
NO_SHEET = "stylesheet /shop.css: media type (text/html) == text/css"
NO_RULES = "page /styled has styles: all its stylesheets are empty"
SHEETS = {
    "a page": (ERROR_PAGE, "text/html", NO_SHEET),
    "a page that says it is a stylesheet": (ERROR_PAGE, "text/css", NO_SHEET),
    "styles that say they are a page": ("p { color: red }", "text/html", NO_SHEET),
    "nothing": ("", "text/css", NO_RULES),
    "styles": ("p { color: red }", "text/css; charset=utf-8", ""),
    "no styles yet, beside others": ("/* to come */", "text/css", ""),
}


@pytest.mark.parametrize("what", SHEETS)
def test_what_is_no_stylesheet_is_found(what: str, shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """A browser leaves it out without a word, and everything is still there, only without its styles."""
    body, kind, told = SHEETS[what]
    others = "<style>p { color: red }</style>" if "others" in what else ""
    page = f"<!doctype html><title>Plain</title><link rel=stylesheet href=/shop.css>{others}<p>Fine</p>"
    httpserver.expect_request("/styled").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/shop.css").respond_with_data(body, content_type=kind)
    code, verdict = run(tmp_path, shop, 'page.goto("./styled")')
    assert (code, verdict["verdict"]) == ((1, "FAIL") if told else (0, "PASS")), verdict["reason"]
    assert told in "\n".join(verdict["checks"][0]["evidence"])


SIGN = "page: {cookies: {sid: {http_only: true}}}\n"
SIGNED = """with journey.step("in and out again"):
        page.evaluate("fetch('/asks-in', {method: 'POST'})")
        page.evaluate("fetch('/asks-out', {method: 'POST'})")"""


@pytest.mark.parametrize(("said", "expected"), [("sid=1; HttpOnly", 0), ("sid=1", 1)])
def test_a_cookie_that_is_gone_by_the_end_of_a_step_is_judged(
    said: str, expected: int, shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """A session that begins and ends within one step had its cookie all the same."""
    for path, cookie in (("/asks-in", said), ("/asks-out", "sid=; Max-Age=0")):
        httpserver.expect_request(path, method="POST").respond_with_data("", headers={"Set-Cookie": cookie})
    code, verdict = run(tmp_path, shop, SIGNED, ', "POST /asks-in", "POST /asks-out"', suite=SIGN)
    assert code == expected, verdict["reason"]
    assert ("cookie sid: HttpOnly (False) == True" in verdict["reason"]) == bool(expected)


def test_a_journey_without_the_journey_fixture_is_judged_all_the_same(
    shop: Shop,
    httpserver: HTTPServer,
    tmp_path: Path,
) -> None:
    """Guards come with the page, not with what a journey asks for besides."""
    httpserver.expect_request("/bad").respond_with_data(BAD, content_type="text/html")
    code, verdict = run(tmp_path, shop, 'page.goto("./bad")', suite=NEVER, arguments="page")
    assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]


@pytest.mark.long
def test_a_page_whose_scripts_never_end_is_red_in_bounded_time(
    shop: Shop,
    httpserver: HTTPServer,
    tmp_path: Path,
) -> None:
    """Nobody can look at it, so it is told, and neither steps nor evidence wait for it without end."""
    httpserver.expect_request("/busy").respond_with_data(ENDLESS, content_type="text/html")
    code, verdict = run(tmp_path, shop, BUSY)
    assert (code, verdict["checks"][0]["blame"]) == (1, "SLOW"), verdict["reason"]
    assert verdict["duration_s"] < 40
    assert any("its scripts never end" in line for line in verdict["checks"][0]["evidence"])


def test_a_failed_subtest_is_red(shop: Shop, tmp_path: Path) -> None:
    """A part of a journey that pytest reports by itself counts as the journey."""
    body = 'with subtests.test("price"):\n        assert page.title() == "Shoe"'
    code, verdict = run(tmp_path, shop, body, arguments="page, journey, subtests")
    assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]


def test_an_expected_failure_is_no_answer(shop: Shop, tmp_path: Path) -> None:
    """pytest.xfail says that nobody will look: INCONCLUSIVE, neither green nor the application's fault."""
    code, verdict = run(tmp_path, shop, 'import pytest; pytest.xfail("known")')
    assert (code, verdict["checks"][0]["blame"]) == (3, "HARNESS"), verdict["reason"]
