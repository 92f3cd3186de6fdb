"""Drills of journeys: in the real browser, against a server that takes note of what it is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.proof.matrix import Matrix

ROOT = Path(__file__).parents[2]
SUITE = """\
title: Shop
environments:
  local: {{base_url: "{url}", timeout_ms: 3000}}
"""
PAGE = """<!doctype html><title>Shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">
<h1>Shop</h1><button>Buy</button><p id="said"></p><script src="/shop.js"></script>
"""
SCRIPT = """document.querySelector('button').onclick = async () => {
  const answer = await fetch(PLACE, {method: 'POST'});
  document.getElementById('said').textContent = (await answer.json()).said;
}"""
NEVER_GUESSED = {"Content-Type": "text/css", "X-Content-Type-Options": "nosniff"}
JOURNEY = '''
from playwright.sync_api import expect
from smoke.running.checks import check

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


@pytest.fixture
def shop(httpserver: HTTPServer) -> Shop:
    shop = Shop()
    httpserver.expect_request("/").respond_with_handler(shop.page)
    httpserver.expect_request("/shop.js").respond_with_handler(shop.script)
    httpserver.expect_request("/shop.css").respond_with_data("h1 {}", headers=NEVER_GUESSED)
    httpserver.expect_request(_below("/buy/")).respond_with_handler(shop.buy)
    return shop


def _below(path: str) -> Any:
    import re

    return re.compile(f"^{path}.*$")


@pytest.fixture
def prove(tmp_path: Path, httpserver: HTTPServer) -> Prove:
    """Drill a suite of journeys, by their last lines, with faults of some kinds."""

    def run(journeys: dict[str, str], *kinds: str, proves: Sequence[str] = ()) -> Proved:
        folder = tmp_path / "config" / "suites" / "shop"
        folder.mkdir(parents=True)
        points = (ROOT / "config" / "execution-points.yaml").read_text()
        (tmp_path / "config" / "execution-points.yaml").write_text(points)
        (folder / "suite.yaml").write_text(SUITE.format(url=httpserver.url_for("").rstrip("/")))
        code = tmp_path / "e2e" / "shop"
        code.mkdir(parents=True)
        for name, last in journeys.items():
            (code / f"test_{name}.py").write_text(JOURNEY.format(name=name, last=last, proves=list(proves)))
        faults = [f"--fault={kind}" for kind in kinds]
        done = subprocess.run(
            [sys.executable, "-m", "smoke", "prove", "--json", *faults],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = TypeAdapter(Matrix).validate_json(done.stdout).cases if done.stdout else ()
        cases = [[case.check_id, case.fault, case.result.value, case.blame, case.trouble] for case in told]
        return Proved(cases, done.returncode, done.stderr)

    return run


def test_a_good_journey_catches_what_a_weak_one_sleeps_through(prove: Prove, shop: Shop) -> None:
    of_pages = {"status-500", "reset", "first-request-fails", "scripts-gone", "stylesheets-gone", "uncaught-exception"}
    proved = prove({"good": LOOKS, "weak": FORGETS}, *of_pages, "call-says-nothing")
    saying = "call-says-nothing POST /buy/one"
    assert proved.of("shop.good", "caught") == {*of_pages, saying}, proved
    assert proved.of("shop.weak", "survived") == {saying}
    assert (shop.shown, shop.bought) == (2, 2), "the drill asks nobody"


def test_a_journey_that_clicks_notices_a_page_that_cannot_be_clicked(prove: Prove, shop: Shop) -> None:
    kinds = {"page-covered", "buttons-disabled", "clicks-do-nothing"}
    assert prove({"good": LOOKS}, *kinds).of("shop.good", "caught") == kinds


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
