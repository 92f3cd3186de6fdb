"""Drills of journeys: in the real browser, against a server that takes note of what it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.proof.matrix import Matrix
from tests.support import warm
from tests.support.project import a_suite

pytestmark = [pytest.mark.browser, pytest.mark.long]

SUITE = """\
title: Shop
environments:
  local: {{base_url: "{url}", timeout_ms: 3000}}
"""
PAGE = """<!doctype html><title>Shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">
<h1>Shop</h1><div style="position: sticky; top: 0; padding: 200px"><button>Buy</button></div><p id="said"></p>
<div style="height: 3000px"></div><script src="/shop.js"></script>
"""
SCRIPT = """document.querySelector('button').onclick = async () => {
  const answer = await fetch(PLACE, {method: 'POST'});
  document.getElementById('said').textContent = (await answer.json()).said;
}"""
NEVER_GUESSED = {"Content-Type": "text/css", "X-Content-Type-Options": "nosniff"}
JOURNEY = '''
from playwright.sync_api import expect
from smoke.running.checks import check
from tests.support import warm

@check("shop.{name}", category="critical-paths", permits=["POST /buy/*"], proves={proves})
def test_{name}(page, journey):
    """A visitor buys something."""
    page.goto("./")
    with page.expect_response("**/buy/**"):
        page.get_by_role("button", name="Buy").click()
    {last}
'''
LOOKS = 'expect(page.get_by_text("Thank you")).to_be_visible()'
FORGETS = 'expect(page.get_by_role("heading", name="Shop")).to_be_visible()'


@dataclass
class Shop:
    """What the server is, and what it was asked."""

    place: str = "'/buy/one'"
    answer: str = '{"said": "Thank you"}'
    bought: int = 0
    shown: int = 0

    def page(self, _request: Request) -> Response:
        self.shown += 1
        return Response(PAGE, content_type="text/html")

    def script(self, _request: Request) -> Response:
        return Response(SCRIPT.replace("PLACE", self.place), content_type="text/javascript")

    def buy(self, _request: Request) -> Response:
        self.bought += 1
        return Response(self.answer, content_type="application/json")


@dataclass(frozen=True)
class Proved:
    """What a drill told."""

    cases: list[list[Any]]
    code: int
    stderr: str

    def of(self, check_id: str, result: str) -> set[str]:
        return {case[1] for case in self.cases if case[0] == check_id and case[2] == result}


Prove = Callable[..., Proved]


def stocked(server: HTTPServer) -> Shop:
    """Let ``server`` be a shop."""
    shop = Shop()
    server.expect_request("/").respond_with_handler(shop.page)
    server.expect_request("/shop.js").respond_with_handler(shop.script)
    server.expect_request("/shop.css").respond_with_data("h1 {}", headers=NEVER_GUESSED)
    server.expect_request(re.compile("^/buy/.*$")).respond_with_handler(shop.buy)
    return shop


def drilled(
    folder: Path, server: HTTPServer, journeys: dict[str, str], *kinds: str, proves: Sequence[str] = ()
) -> Proved:
    """Drill a suite of journeys, by their last lines, with faults of some kinds."""
    files = {
        f"test_{name}": JOURNEY.format(name=name, last=last, proves=list(proves)) for name, last in journeys.items()
    }
    a_suite(folder, SUITE.format(url=server.url_for("").rstrip("/")), **files)
    done = warm.smoke("prove", "--json", *(f"--fault={kind}" for kind in kinds), cwd=folder)
    told = TypeAdapter(Matrix).validate_json(done.stdout).cases if done.stdout else ()
    cases = [[case.check_id, case.fault, case.result.value, case.blame, case.trouble] for case in told]
    return Proved(cases, done.returncode, done.stderr)


@pytest.fixture
def shop(httpserver: HTTPServer) -> Shop:
    return stocked(httpserver)


@pytest.fixture
def prove(tmp_path: Path, httpserver: HTTPServer) -> Prove:
    """Drill a suite of that shop."""
    return partial(drilled, tmp_path, httpserver)


OF_PAGES = {"status-500", "reset", "first-request-fails", "scripts-gone", "stylesheets-gone", "uncaught-exception"}
OF_CLICKS = {"page-covered", "buttons-disabled", "clicks-do-nothing"}
SAYING = "call-says-nothing POST /buy/one"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proved, Shop]:
    """What a drill of a good journey and of a weak one told."""
    with HTTPServer(threaded=True) as server:
        shop = stocked(server)
        kinds = (*OF_PAGES, *OF_CLICKS, "call-says-nothing")
        return drilled(tmp_path_factory.mktemp("both"), server, {"good": LOOKS, "weak": FORGETS}, *kinds), shop


def test_a_good_journey_catches_what_a_weak_one_sleeps_through(both: tuple[Proved, Shop]) -> None:
    proved, shop = both
    assert proved.of("shop.good", "caught") >= {*OF_PAGES, SAYING}, proved
    assert proved.of("shop.weak", "survived") == {SAYING}
    assert (shop.shown, shop.bought) == (2, 2), "the drill asks nobody"


def test_a_journey_that_clicks_notices_a_page_that_cannot_be_clicked(both: tuple[Proved, Shop]) -> None:
    proved, _ = both
    assert proved.of("shop.good", "caught") == {*OF_PAGES, *OF_CLICKS, SAYING}, proved


def test_what_the_clean_run_did_not_write_is_not_written_and_proves_nothing(prove: Prove, shop: Shop) -> None:
    shop.place = "'/buy/' + Math.random()"
    proved = prove({"good": LOOKS}, "uncaught-exception")
    assert proved.of("shop.good", "not tried") == {"uncaught-exception"}, proved
    assert "does not pass from the tape" in proved.cases[0][4]
    assert shop.bought == 1, "only the clean run has bought"


def test_nothing_is_proved_of_a_target_that_is_red(prove: Prove, shop: Shop) -> None:
    shop.answer = '{"said": "Sold out"}'
    proved = prove({"good": LOOKS}, "status-500")
    assert proved.cases == []
    assert "shop.good is FAIL" in proved.stderr


def test_an_answer_that_the_journey_cannot_read_is_the_fault_of_the_application(prove: Prove, shop: Shop) -> None:
    asks = 'assert journey.api.post("./buy/more").json()["said"] == "Thank you"'
    kinds = ("call-html", "call-empty")
    found = prove({"asks": asks}, *kinds).of("shop.asks", "caught")
    assert {f"{kind} POST /buy/more" for kind in kinds} <= found


def test_a_journey_must_catch_what_it_declares(prove: Prove, shop: Shop) -> None:
    """Though what it does does not imply that: nobody is said to read an answer that a page fetches unasked."""
    reads = "page.evaluate(\"fetch('/buy/news')\")"
    proved = prove({"good": reads}, "call-empty GET /buy/news", proves=["call-empty GET /buy/news"])
    assert proved.of("shop.good", "survived") == {"call-empty GET /buy/news"}, proved
    assert proved.code == 1


def test_what_no_journey_could_catch_is_told_after_the_clean_run(prove: Prove, shop: Shop) -> None:
    """Exit 2, with what was meant, for a fault that is declared as for one that is asked for."""
    proved = prove({"good": LOOKS}, proves=["call-emty POST /buy/one"])
    assert (proved.code, "shop.good: proves: unknown fault" in proved.stderr) == (2, True), proved
    assert "did you mean 'call-empty POST /buy/one'" in proved.stderr
