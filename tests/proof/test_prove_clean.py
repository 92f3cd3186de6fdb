"""``smoke prove --clean``, as its user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from smoke.proof.weather import WEATHERS
from tests.support import warm
from tests.support.project import a_suite

ROOT = Path(__file__).parents[2]
SUITE = """\
title: Shop
environments:
  local: {{base_url: "{url}", timeout_ms: 30000}}
"""
PROBE = """\
probes:
  - id: shop.health
    title: The shop is open
    category: api-health
    request: GET /health
    expect: {status: 200, within_ms: 10000}
"""
JOURNEY = '''
from playwright.sync_api import expect
from smoke.running.checks import check

@check("shop.looks", category="critical-paths")
def test_looks(page, journey):
    """A visitor looks at the shop."""
    page.goto("./")
    expect(page.get_by_text("Welcome")).to_be_visible()
    assert journey.api.get("./health").ok
'''
PAGE = """<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1><p></p>
<script>document.querySelector('p').textContent = new Date() > 0 && Date.now() ? 'Welcome' : 'No time'</script>"""
STORM = """
import sys
from functools import partial
from smoke.proof import repeating
from smoke.proof.weather import Weather, later

storm = Weather(name="storm", share=1.0, act=lambda good, _now: later(good, 20_000))
repeating.Asked = partial(repeating.Asked, weathers=(storm,))
from smoke.cli import main
sys.exit(main(sys.argv[1:]))
"""
OFTEN = """
import sys
from smoke.commands import prove_clean

prove_clean.EVERY_S = 0.0
from smoke.cli import main
sys.exit(main(sys.argv[1:]))
"""
BUYS = '''
from smoke.running.checks import check

@check("shop.looks", category="critical-paths")
def test_looks(page, journey):
    """A visitor looks."""
    assert journey.api.get("./health").ok

@check("shop.buys", category="critical-paths", permits=["POST /buy"])
def test_buys(page, journey):
    """A visitor buys, and looks."""
    assert journey.api.post("./buy").ok
    assert journey.api.get("./health").ok
'''
DROPS = """
import sys
from functools import partial
from smoke.answers.exchange import NoAnswer, NoAnswerError
from smoke.proof import repeating
from smoke.proof.weather import Weather

met = set()

def first_is_dropped(good, _now):
    if good.request.url.endswith("/health") and good.request.check_id not in met:
        met.add(good.request.check_id)
        raise NoAnswerError(NoAnswer.RESET)
    return good

weather = Weather(name="drops", share=1.0, act=first_is_dropped)
repeating.Asked = partial(repeating.Asked, weathers=(weather,))
from smoke.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def shop(tmp_path: Path, httpserver: HTTPServer) -> Path:
    """A project with one probe of a server that takes note of what it is asked."""
    httpserver.expect_request("/").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/health").respond_with_data("ok")
    return a_suite(tmp_path, SUITE.format(url=httpserver.url_for("").rstrip("/")), PROBE).root


def repeated(project: Path, *arguments: str) -> tuple[int, str]:
    done = warm.smoke("prove", "--suite", "shop", "--reports", "reports", *arguments, cwd=project)
    return done.returncode, done.stdout + done.stderr


def changed(code: str, project: Path, *arguments: str) -> tuple[int, str]:
    """Do the same in a program that was changed."""
    command = [sys.executable, "-c", code, "prove", "--suite", "shop", "--reports", "reports", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def written(project: Path) -> dict[str, Any]:
    return dict(json.loads((project / "reports" / "proof" / "clean" / "shop.json").read_text()))


def test_a_good_check_cries_wolf_in_no_weather(shop: Path, httpserver: HTTPServer) -> None:
    """The target sees the clean run and no more; the rate stands on the page, in the table and on the terminal."""
    code, said = repeated(shop, "--clean", "50", "--seed", "5")
    assert code == 0, said
    assert len(httpserver.log) == 1
    assert re.search(r"50 repetitions, 0 with journeys: \d+ PASS, [1-9]\d* FLAKY, 0 FAIL, 0 INCONCLUSIVE", said), said
    assert "false alarms 0 % (below 5.8 % with 95 % confidence)" in said
    assert re.search(r"FLAKY \d+ x TCP: shop.health \d+ \(.*dropped-connection", said), said
    page = (shop / "reports" / "proof" / "index.html").read_text()
    assert "How often they are red for nothing" in page
    assert re.search(r"<td>20\d\d-\d\d-\d\d \d\d:\d\d UTC</td>", page), "nobody takes an old campaign for a new one"
    assert "| shop | 50 | 0 |" in (shop / "reports" / "proof" / "matrix.md").read_text()


def test_the_same_seed_brings_the_same_repetitions(shop: Path) -> None:
    found = []
    for seed in ("5", "5", "6"):
        repeated(shop, "--clean", "20", "--seed", seed)
        found.append([(each["number"], each["weathers"], len(each["alarms"])) for each in written(shop)["repetitions"]])
    assert found[0] == found[1] != found[2]


def test_a_check_that_is_too_tight_for_the_weather_is_a_false_alarm(shop: Path) -> None:
    """Exit 1, with the check, the blame and the weather."""
    code, said = changed(STORM, shop, "--clean", "3")
    assert code == 1, said
    assert re.search(r"FAIL 3 x shop.health: SLOW, such as shop.health.total_ms \(\d+\) <= 10000 \(storm 3\)", said), (
        said
    )
    assert "0 PASS, 0 FLAKY, 3 FAIL" in said
    assert len(written(shop)["repetitions"]) == 3


def test_a_target_that_is_not_well_is_not_repeated(shop: Path, httpserver: HTTPServer) -> None:
    httpserver.clear()
    httpserver.expect_request("/health").respond_with_data("no", status=500)
    code, said = repeated(shop, "--clean", "3")
    assert (code, "nothing can be repeated: shop.health is FAIL" in said) == (3, True), said


def test_an_interrupted_campaign_tells_what_it_counted(shop: Path) -> None:
    """Exit 3: fewer were made than asked for."""
    command = [sys.executable, "-u", "-c", OFTEN, "prove", "--suite", "shop", "--reports", "reports"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, "--clean", "1000000"], cwd=shop, env=environ, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        said, stopped = "", False
        for line in running.stdout:
            said += line
            if not stopped and re.search(r" of 1000000: [1-9]\d* PASS", line):
                running.send_signal(signal.SIGINT)
                stopped = True
    assert running.returncode == 3, said
    assert re.search(r"[1-9]\d* repetitions, 0 with journeys of 1000000, stopped: [1-9]\d* PASS", said), said
    assert written(shop)["ending"] == "stopped"


@pytest.mark.long
def test_journeys_are_repeated_in_the_browser_as_often_as_is_asked(shop: Path, httpserver: HTTPServer) -> None:
    """From the tape, too: what they ask by themselves, and in pages whose clock is a second off."""
    code = shop / "e2e" / "shop"
    code.mkdir(parents=True)
    (code / "test_looks.py").write_text(JOURNEY)
    ended, said = repeated(shop, "--clean", "8", "--clean-journeys", "4", "--seed", "2")
    assert ended == 0, said
    assert "8 repetitions, 4 of them with journeys" in said
    assert [each["journeys"] for each in written(shop)["repetitions"]] == [0, 1] * 4
    met = {name for each in written(shop)["repetitions"] if each["journeys"] for name in each["weathers"]}
    assert met == {each.name for each in WEATHERS}, "all of it, with this seed"
    assert len(httpserver.log) == 3, "the clean run, and no more"


def test_a_journey_is_tried_again_as_a_run_would(shop: Path, httpserver: HTTPServer) -> None:
    """What only reads gets over a dropped connection; what has written is not repeated, and so cries wolf."""
    httpserver.expect_request("/buy", method="POST").respond_with_data("bought")
    code = shop / "e2e" / "shop"
    code.mkdir(parents=True)
    (code / "test_buys.py").write_text(BUYS)
    ended, said = changed(DROPS, shop, "--clean", "1")
    assert ended == 1, said
    found = {each["check_id"]: (each["outcome"], each["blame"]) for each in written(shop)["repetitions"][0]["alarms"]}
    assert found == {
        "shop.health": ("FLAKY", "TCP"),
        "shop.looks": ("FLAKY", "TCP"),
        "shop.buys": ("FAIL", "TCP"),
    }
    assert sum(request.path == "/buy" for request, _ in httpserver.log) == 1, "the clean run alone has bought"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--clean", "none"), "--clean: is a number from 1 on"),
        (("--clean", "2", "--seed", "-1"), "--seed: is a number"),
    ],
)
def test_wrong_numbers_are_told(shop: Path, arguments: tuple[str, ...], told: str) -> None:
    code, said = repeated(shop, *arguments)
    assert (code, told in said) == (2, True), said
