"""Several journeys at once: they wait together, and nothing of one is told of another."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from textwrap import dedent

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.running.shop import Shop, run_suite

pytestmark = pytest.mark.browser

TWO = '''
from smoke.running.checks import check

@check("shop.one", category="critical-paths"{first})
def test_one(page, journey):
    """One."""
    {one}

@check("shop.two", category="critical-paths"{second})
def test_two(page, journey):
    """Two."""
    {two}
'''


def two(one: str, two: str, first: str = "", second: str = "") -> str:
    """Two journeys and the further arguments of their checks."""
    return dedent(TWO).format(one=one, two=two, first=first, second=second)


@pytest.fixture
def meeting(httpserver: HTTPServer) -> HTTPServer:
    """Two paths that answer only once both were asked."""
    barrier = threading.Barrier(2)

    def answer(_request: Request) -> Response:
        try:
            barrier.wait(2)
        except threading.BrokenBarrierError:
            return Response("<title>alone</title>alone", 503, content_type="text/html")
        return Response("<title>met</title>met", content_type="text/html")

    for path in ("/left", "/right"):
        httpserver.expect_request(path).respond_with_handler(answer)
    return httpserver


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--workers", "1"), 1)], ids=["by default", "one worker"])
def test_journeys_wait_together(options: tuple[str, ...], code: int, shop: Shop, tmp_path: Path) -> None:
    """While one waits for its page another asks for its own; with one worker, one comes after the other."""
    journeys = two("page.goto('./left')", "page.goto('./right')")
    ended, verdict = run_suite(tmp_path, shop, journeys, *options)
    assert ended == code, verdict["reason"]


@pytest.mark.usefixtures("meeting")
def test_what_one_page_does_is_told_of_its_own_journey(shop: Shop, tmp_path: Path) -> None:
    """Console, requests, steps, evidence and Allure's steps of two journeys that run at once stay apart."""
    wrong = "\n    ".join(
        [
            "with journey.step('go left'):",
            "    page.goto('./left')",
            "page.evaluate(\"console.error('left is broken')\")",
            "with journey.step('stay'):",
            "    page.wait_for_selector('title', state='attached')",
        ]
    )
    right = "with journey.step('go right'):\n        page.goto('./right')\n    page.goto('./')"
    code, verdict = run_suite(tmp_path, shop, two(wrong, right))
    one, other = (next(each for each in verdict["checks"] if each["id"] == f"shop.{name}") for name in ("one", "two"))
    assert (code, one["outcome"], other["outcome"]) == (1, "FAIL", "PASS"), verdict["reason"]
    assert any("left is broken" in line for line in one["evidence"])
    steps = {check["id"]: [step["name"] for step in check["attempts"][0]["steps"]] for check in (one, other)}
    assert steps == {"shop.one": ["go left", "stay"], "shop.two": ["go right"]}
    network = (tmp_path / "reports/attempts/shop.one-1/network.txt").read_text()
    assert "/left" in network
    assert "/right" not in network
    allure = [json.loads(path.read_text()) for path in (tmp_path / "reports/allure-results").glob("*-result.json")]
    told = {result["fullName"].rpartition("#")[2]: [step["name"] for step in result["steps"]] for result in allure}
    assert told["test_two"] == ["go right"]


@pytest.mark.usefixtures("meeting")
@pytest.mark.parametrize(
    ("does", "outcome", "told"),
    [
        ("message.args[7]", "INCONCLUSIVE", "IndexError: list index out of range"),
        ("[page.title(), message.args[7]]", "INCONCLUSIVE", "IndexError: list index out of range"),
        ("page.click('#none', timeout=50)", "INCONCLUSIVE", "Page.click: Timeout 50ms"),
        ("expect(page).to_have_title('None', timeout=50)", "FAIL", "title"),
    ],
    ids=["at once", "later", "in the browser", "an expectation"],
)
def test_what_breaks_in_a_handler_is_told_of_its_own_journey(
    does: str, outcome: str, told: str, shop: Shop, tmp_path: Path
) -> None:
    """Though the other one is the next to ask the browser for something."""
    breaks = "\n    ".join(
        [
            "from playwright.sync_api import expect",
            f"page.on('console', lambda message: {does})",
            "page.goto('./left')",
            "page.evaluate('setTimeout(() => console.log(1), 100)')",
            "page.wait_for_timeout(600)",
        ]
    )
    asks = "page.goto('./right')\n    for _ in range(20):\n        page.wait_for_timeout(30)"
    _, verdict = run_suite(tmp_path, shop, two(breaks, asks))
    one, other = (next(each for each in verdict["checks"] if each["id"] == f"shop.{name}") for name in ("one", "two"))
    first = one["attempts"][0]
    assert (first["outcome"], other["outcome"]) == (outcome, "PASS"), verdict["reason"]
    assert told in first["findings"][0]


@pytest.mark.usefixtures("meeting")
@pytest.mark.long
def test_the_permit_of_one_is_none_of_the_other(shop: Shop, tmp_path: Path) -> None:
    """Both write at once; what only one may is stopped for the other alone."""
    write = "page.evaluate(\"fetch('/tried', {method: 'POST'}).catch(() => 0)\")"
    journeys = two(f"page.goto('./left'); {write}", f"page.goto('./right'); {write}", ', permits=["POST /tried"]')
    code, verdict = run_suite(tmp_path, shop, journeys)
    blames = {check["id"]: check["blame"] for check in verdict["checks"]}
    assert (code, blames, shop.writes) == (1, {"shop.one": None, "shop.two": "SAFETY"}, ["POST /tried"])


@pytest.mark.long
def test_what_is_expected_softly_counts(shop: Shop, tmp_path: Path) -> None:
    """``expect.soft`` lets a journey go on, and is red all the same, for the journey that expected it."""
    soft = (
        "from playwright.sync_api import expect; page.goto('./'); expect.soft(page).to_have_title('Other', timeout=50)"
    )
    code, verdict = run_suite(tmp_path, shop, two(soft, "page.goto('./')"))
    outcomes = {check["id"]: check["outcome"] for check in verdict["checks"]}
    assert (code, outcomes) == (1, {"shop.one": "FAIL", "shop.two": "PASS"}), verdict["reason"]


SKIPPED_BESIDE = '''
from pathlib import Path

import pytest

from smoke.running.checks import check


@check("shop.one", category="critical-paths")
def test_one(page, journey):
    """It is under way when the other one is skipped."""
    page.goto("./")
    while not Path("skipped").exists():
        page.wait_for_timeout(20)
    page.goto("./")


@pytest.mark.skipif("__import__('pathlib').Path('skipped').write_text('') == 0", reason="later")
@check("shop.two", category="critical-paths")
def test_two(page, journey):
    """It never begins."""
'''


def test_a_journey_that_never_begins_takes_nothing_from_those_under_way(shop: Shop, tmp_path: Path) -> None:
    """Skipped, or kept out by its account: nothing of it was set up, and nothing of the others is torn down for it."""
    _, verdict = run_suite(tmp_path, shop, SKIPPED_BESIDE)
    assert {check["id"]: (check["outcome"], len(check["attempts"])) for check in verdict["checks"]} == {
        "shop.one": ("PASS", 1),
        "shop.two": ("INCONCLUSIVE", 1),
    }


SHARED = '''
import pytest
from playwright.sync_api import expect

from smoke.running.checks import check


@pytest.fixture(scope="module")
def opened(browser, smoke_session):
    told = []
    smoke_session.pause(0.2)
    told.append("up")
    yield told
    told.append("down")


@check("shop.one", category="critical-paths")
def test_one(page, opened, journey):
    """It is over first."""
    page.goto("./")
    opened.append("one is over")


@check("shop.two", category="critical-paths")
def test_two(page, opened, journey):
    """It goes on after the other one."""
    page.goto("./")
    while "one is over" not in opened:
        page.wait_for_timeout(20)
    for _ in range(3):
        page.goto("./")
    assert opened == ["up", "one is over"]
'''


def test_what_journeys_share_is_set_up_once_and_stays_for_the_last(shop: Shop, tmp_path: Path) -> None:
    """A fixture of the whole file that waits while it is set up: the other journey waits for it too."""
    code, verdict = run_suite(tmp_path, shop, SHARED)
    assert code == 0, verdict["reason"]
