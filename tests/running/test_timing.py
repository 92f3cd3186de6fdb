"""What a slow page, a slow moment and a slow runner come to, in the real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.running.conftest import ANY_BAND
from tests.running.shop import PAGE, Shop, run_suite, serving

BUDGET_MS, SLOW_S = 900, 1.0
NO_BAND = "0.0001"
"""Outside of that is every runner."""
JOURNEY = """
from smoke.running.checks import check

@check("shop.home", category="critical-paths"{permits})
def test_home(page, journey):
    "The homepage opens."
    page.goto("./home")
    {way}
"""
BUDGETS = f"""\
budgets: {{home.ttfb_ms: {BUDGET_MS}}}
page: {{budgets: {{ttfb_ms: {BUDGET_MS}}}, never: [Sorry]}}
"""
Look = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def look(shop: Shop, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Run a journey to a page whose answers are late where ``late`` says so of their number."""

    def run(
        late: Callable[[int], bool],
        *,
        way: str = 'journey.measure_page(page, "home")',
        permits: str = "",
        suite: str = BUDGETS,
    ) -> tuple[int, dict[str, Any]]:
        asked: list[Request] = []

        def answer(request: Request) -> Response:
            asked.append(request)
            if late(len(asked)):
                threading.Event().wait(SLOW_S)
            return Response(PAGE, content_type="text/html")

        httpserver.expect_request("/home").respond_with_handler(answer)
        monkeypatch.setenv("SMOKE_RUNNER_BAND", ANY_BAND)
        code, verdict = run_suite(tmp_path, shop, JOURNEY.format(way=way, permits=permits), suite=suite)
        return code, verdict["checks"][0]

    return run


def samples(check: dict[str, Any], name: str = "home.ttfb_ms") -> list[float]:
    found: list[float] = next(each["samples"] for each in check["measurements"] if each["name"] == name)
    return found


@pytest.mark.long
def test_a_page_that_is_slow_once_passes(look: Look) -> None:
    """The median of three cold loads is judged, and all three are to be seen."""
    code, check = look(lambda number: number == 1)
    assert (code, check["outcome"]) == (0, "PASS"), check["evidence"]
    first, second, third = samples(check)
    assert first > BUDGET_MS > max(second, third)


def test_a_page_that_is_always_slow_fails(look: Look) -> None:
    """Several samples say so, for what the journey measures and for what every page keeps."""
    code, check = look(lambda _number: True)
    assert (code, check["outcome"], check["blame"]) == (1, "FAIL", "SLOW"), check["evidence"]
    assert min(samples(check)) > BUDGET_MS
    assert len(samples(check)) >= 3
    assert [line for line in check["evidence"] if line.startswith("page /home: ttfb_ms")]
    assert [line for line in check["evidence"] if re.match(r"(median|quickest) of [35] samples: ", line)]
    assert check["attempts"][0]["calibration"]["reference"] == "reference page"


def test_one_sample_beyond_the_ceiling_fails_at_once(look: Look) -> None:
    """It is neither loaded again nor tried again."""
    ceilings = f"ceilings: {{home.ttfb_ms: {BUDGET_MS}}}\n"
    code, check = look(lambda number: number == 1, suite=BUDGETS + ceilings)
    assert (code, check["outcome"], check["blame"]) == (1, "FAIL", "SLOW"), check["evidence"]
    assert (len(check["attempts"]), samples(check)) == (1, [])


LATE = """
from smoke.running.checks import check

@check("shop.late", category="critical-paths")
def test_late(page, journey):
    "It comes late."
    page.goto("./late")
    journey.measure_page(page, "home")

@check("shop.sorry", category="critical-paths")
def test_sorry(page, journey):
    "It comes late, and says what it must not."
    page.goto("./sorry")

@check("shop.prompt", category="critical-paths")
def test_prompt(page, journey):
    "It is in time."
    page.goto("./prompt")
    journey.measure_page(page, "home")
"""


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of two pages that are always late, and of one in time, by a runner outside its band, by check."""

    def answer(request: Request) -> Response:
        threading.Event().wait(0 if request.path == "/prompt" else SLOW_S)
        return Response(PAGE + ("Sorry" if request.path == "/sorry" else ""), content_type="text/html")

    with serving() as (server, shop), pytest.MonkeyPatch.context() as environ:
        environ.setenv("SMOKE_RUNNER_BAND", NO_BAND)
        for path in ("/late", "/sorry", "/prompt"):
            server.expect_request(path).respond_with_handler(answer)
        _, verdict = run_suite(tmp_path_factory.mktemp("outside"), shop, LATE, suite=BUDGETS)
    return {check["id"]: check for check in verdict["checks"]}


def test_a_runner_outside_its_band_says_nothing_of_time(outside: dict[str, Any]) -> None:
    """Whatever it may itself have added is no fault of the page."""
    check = outside["shop.late"]
    assert (check["outcome"], check["blame"]) == ("INCONCLUSIVE", "HARNESS"), check["evidence"]
    assert check["evidence"][0].startswith("runner too slow: reference page ")
    assert "SMOKE_RUNNER_BAND" in check["hint"]


def test_a_runner_outside_its_band_still_sees_what_is_wrong(outside: dict[str, Any]) -> None:
    """What a page says does not depend on how fast the runner is."""
    check = outside["shop.sorry"]
    assert (check["outcome"], check["blame"]) == ("FAIL", "ASSERTION"), check["evidence"]


def test_what_is_in_time_is_in_time_on_any_runner(outside: dict[str, Any]) -> None:
    """Nothing is calibrated where nothing is slow."""
    check = outside["shop.prompt"]
    assert check["outcome"] == "PASS", check["evidence"]
    assert (samples(check), check["attempts"][0]["calibration"]) == ([], None)


@pytest.mark.parametrize(("ceiling", "outcome"), [("", "INCONCLUSIVE"), ("ceilings: {home.asks_ms: 900}\n", "FAIL")])
@pytest.mark.long
def test_a_step_that_writes_is_measured_only_once(look: Look, ceiling: str, outcome: str) -> None:
    """One sample fails beyond its ceiling only, and nobody writes twice to know better."""
    way = "\n    ".join(
        [
            'with journey.measured("home.asks_ms"):',
            "    page.evaluate(\"fetch('/asks', {method: 'POST'}).then(answer => answer.status)\")",
            "    page.evaluate(\"fetch('/home').then(answer => answer.status)\")",
        ]
    )
    suite = f"budgets: {{home.asks_ms: {BUDGET_MS}}}\n{ceiling}"
    permits = ', permits=["POST /asks", "POST /tried"]'
    _, check = look(lambda number: number == 2, way=way, permits=permits, suite=suite)
    assert (check["outcome"], len(check["attempts"])) == (outcome, 1), check["evidence"]


def test_one_slow_sample_is_not_the_last_word_where_the_run_has_no_time_left(look: Look, tmp_path: Path) -> None:
    """The attempt that was to confirm it never ended."""
    way = "\n    ".join(
        [
            "from pathlib import Path",
            "from smoke.running.deadline import RunTimeoutError",
            f"tried = Path(r'{tmp_path}/tried')",
            "if tried.exists(): raise RunTimeoutError('the run has no time left')",
            "tried.touch()",
            'with journey.measured("home.asks_ms"):',
            "    page.evaluate(\"fetch('/home').then(answer => answer.status)\")",
        ]
    )
    _, check = look(lambda number: number == 2, way=way, suite=f"budgets: {{home.asks_ms: {BUDGET_MS}}}\n")
    assert (check["outcome"], len(check["attempts"])) == ("INCONCLUSIVE", 1), check["evidence"]
    assert check["evidence"][0].endswith("<= 900, but no other attempt confirms it")
