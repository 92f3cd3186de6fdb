"""No page of a journey goes unseen, however it was opened and however fast it is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.running.shop import Shop, Way, check_of, id_of, run, run_many, serving

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


EMPTY = {
    "nothing at all": ("", "FAIL"),
    "only what is hidden": ("<!doctype html><title>Shop</title><p hidden>Fine</p>", "FAIL"),
    "a picture": ("<!doctype html><svg width=9 height=9><rect width=9 height=9 /></svg>", "PASS"),
    "a form": ("<!doctype html><input>", "PASS"),
    "what a script brings late": (
        "<!doctype html><script>onload = () => setTimeout(() => document.body.append('Fine'), 300)</script>",
        "PASS",
    ),
}
OTHERS = {
    "without its fixture": Way('page.goto("./bad")', arguments="page"),
    "a subtest": Way(
        'with subtests.test("price"):\n        assert page.title() == "Shoe"', arguments="page, journey, subtests"
    ),
    "an expected failure": Way('import pytest; pytest.xfail("known")'),
}
PAGES = {
    "bad": BAD,
    **{id_of(name): f"<!doctype html><title>Parts</title><p>Fine</p>{text}" for name, text in WITHIN.items()},
    **{id_of(name): page for name, (page, _) in EMPTY.items()},
}


def once(does: str) -> Way:
    """Go a way that is not tried again: the journey has written before."""
    return Way(f'journey.api.post("/tried")\n    {does}', ', "POST /tried"')


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of one run that goes to every page, every way."""
    ways = {name: once(does) for name, does in WAYS.items()}
    ways |= {name: once(f'page.goto("./{id_of(name)}")') for name in (*WITHIN, *EMPTY)}
    with serving() as (server, shop):
        for name, page in PAGES.items():
            server.expect_request(f"/{name}").respond_with_data(page, content_type="text/html")
        code, verdict = run_many(tmp_path_factory.mktemp("looks"), shop, {**ways, **OTHERS}, suite=NEVER)
    assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]
    return verdict


ERROR_PAGE = "<!doctype html><html><title>Shop</title><style>p { color: red }</style><div id=root></div></html>"
NO_SHEET = ": media type (text/html) == text/css"
NO_RULES = " has styles: all its stylesheets are empty"
SHEETS = {
    "a page": (ERROR_PAGE, "text/html", NO_SHEET),
    "a page that says it is a stylesheet": (ERROR_PAGE, "text/css", NO_SHEET),
    "styles that say they are a page": ("p { color: red }", "text/html", NO_SHEET),
    "nothing": ("", "text/css", NO_RULES),
    "styles": ("p { color: red }", "text/css; charset=utf-8", ""),
    "no styles yet, beside others": ("/* to come */", "text/css", ""),
}


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of one run that goes to a page with each of these stylesheets."""
    with serving() as (server, shop):
        for what, (body, kind, _) in SHEETS.items():
            others = "<style>p { color: red }</style>" if "others" in what else ""
            link = f"<link rel=stylesheet href=/{id_of(what)}.css>"
            page = f"<!doctype html><title>Plain</title>{link}{others}<p>Fine</p>"
            server.expect_request(f"/{id_of(what)}").respond_with_data(page, content_type="text/html")
            server.expect_request(f"/{id_of(what)}.css").respond_with_data(body, content_type=kind)
        ways = {what: once(f'page.goto("./{id_of(what)}")') for what in SHEETS}
        return run_many(tmp_path_factory.mktemp("styled"), shop, ways)[1]


@pytest.mark.parametrize("what", SHEETS)
def test_what_is_no_stylesheet_is_found(what: str, styled: dict[str, Any]) -> None:
    """A browser leaves it out without a word, and everything is still there, only without its styles."""
    check, told = check_of(styled, what), SHEETS[what][2]
    assert check["outcome"] == ("FAIL" if told else "PASS"), check["evidence"]
    assert told in "\n".join(check["evidence"])


SIGN = "page: {cookies: {sid: {http_only: true}}}\n"
SIGNED = """with journey.step("in and out again"):
        page.evaluate("fetch('/asks-in?{way}', {{method: 'POST'}})")
        page.evaluate("fetch('/asks-out', {{method: 'POST'}})")"""


def test_a_cookie_that_is_gone_by_the_end_of_a_step_is_judged(
    shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """A session that begins and ends within one step had its cookie all the same."""
    for path, query, said in (
        ("/asks-in", "kept-from-scripts", "sid=1; HttpOnly"),
        ("/asks-in", "open-to-scripts", "sid=1"),
        ("/asks-out", None, "sid=; Max-Age=0"),
    ):
        asked = httpserver.expect_request(path, method="POST", query_string=query)
        asked.respond_with_data("", headers={"Set-Cookie": said})
    permits = ', "POST /asks-in", "POST /asks-out"'
    ways = {way: Way(SIGNED.format(way=way), permits) for way in ("kept-from-scripts", "open-to-scripts")}
    _, verdict = run_many(tmp_path, shop, ways, suite=SIGN)
    good, bad = (check_of(verdict, way) for way in ways)
    assert (good["outcome"], bad["outcome"]) == ("PASS", "FAIL"), (good["evidence"], bad["evidence"])
    assert "cookie sid: HttpOnly (False) == True" in bad["evidence"][0]


@pytest.mark.parametrize("way", [*WAYS, *WITHIN])
def test_every_page_is_judged(way: str, looked: dict[str, Any]) -> None:
    """What it must never show is found, whatever became of the page, in its frames and its components too."""
    check = check_of(looked, way)
    assert check["outcome"] == "FAIL", check["evidence"]
    assert "out of order" in check["evidence"][0]


@pytest.mark.parametrize("what", EMPTY)
def test_a_page_with_nothing_on_it_is_found(what: str, looked: dict[str, Any]) -> None:
    """Without the journey asking for anything on it; a page is not blank before it had the time to be anything else."""
    check = check_of(looked, what)
    assert check["outcome"] == EMPTY[what][1], check["evidence"]
    blank = f"page /{id_of(what)} shows something"
    assert any(blank in line for line in check["evidence"]) == (check["outcome"] == "FAIL")


def test_a_journey_without_the_journey_fixture_is_judged_all_the_same(looked: dict[str, Any]) -> None:
    """Guards come with the page, not with what a journey asks for besides."""
    assert check_of(looked, "without its fixture")["outcome"] == "FAIL"


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


def test_a_failed_subtest_is_red(looked: dict[str, Any]) -> None:
    """A part of a journey that pytest reports by itself counts as the journey."""
    assert check_of(looked, "a subtest")["outcome"] == "FAIL"


def test_an_expected_failure_is_no_answer(looked: dict[str, Any]) -> None:
    """pytest.xfail says that nobody will look: INCONCLUSIVE, neither green nor the application's fault."""
    check = check_of(looked, "an expected failure")
    assert (check["outcome"], check["blame"]) == ("INCONCLUSIVE", "HARNESS")
