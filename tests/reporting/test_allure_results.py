"""What a reader of the Allure report is told, from the files that pytest's plugin leaves."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smoke.judged import Run
from smoke.model import Blame, CheckKind, Finding, Outcome
from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build
from smoke.reporting.allure_results import explain
from tests.support.run_builder import a_result, a_run, an_attempt

ROOT = Path(__file__).parents[2]
TESTS = """
import allure, pytest

@pytest.fixture
def machinery(request):
    request.addfinalizer(lambda: None)

@pytest.fixture
def breaks():
    yield
    raise OSError("disk full")

@pytest.mark.parametrize("browser_name", ["chromium"])
def test_load(machinery, browser_name):
    allure.dynamic.title("home.load: The homepage opens")
    allure.dynamic.parameter("target", "https://shop.example", excluded=True)
    pytest.fail("status (503) == 200", pytrace=False)

def test_health(machinery, breaks):
    allure.dynamic.title("health.api: It is healthy")
"""
REASON = "home.load failed: status (503) == 200"
AGAIN = "smoke run scheduled --suite shop --env production --check home.load --headed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    (folder / "test_shop.py").write_text(TESTS)
    options = ["-q", "-p", "no:smoke", "-p", "no:playwright", "-p", "no:cacheprovider", "-c", os.devnull]
    command = [sys.executable, "-m", "pytest", *options, f"--alluredir={folder / 'allure-results'}", "test_shop.py"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert explain(the_run(), folder / "allure-results", {}) is None
    return folder / "allure-results"


def the_run() -> Run:
    broken = an_attempt(findings=(Finding(rule="status (503) == 200", blame=Blame.APP_5XX),))
    load = a_result(broken, check_id="home.load", kind=CheckKind.JOURNEY, outcome=Outcome.FAIL, blame=Blame.APP_5XX)
    load = dataclasses.replace(load, hint="Search the log.")
    return a_run(load, a_result(), verdict=Outcome.FAIL, reason=REASON)


def read(results: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in results.glob(f"*-{kind}.json")]


def test_a_failure_has_its_hint_and_the_command(results: Path) -> None:
    """Whoever opens the failed test need not look elsewhere for what to do."""
    (load,) = [each for each in read(results, "result") if each["name"].startswith("home.load")]
    assert load["statusDetails"]["message"].splitlines()[-3:] == [
        "Failed: status (503) == 200",
        "hint: Search the log.",
        f"again: {AGAIN}",
    ]


def test_only_parameters_that_tell_something_stay(results: Path) -> None:
    """As they are written, and none that pytest made."""
    (load,) = [each for each in read(results, "result") if each["name"].startswith("home.load")]
    assert [(each["name"], each["value"]) for each in load["parameters"]] == [("target", "https://shop.example")]


def test_of_setting_up_and_tearing_down_only_failures_stay(results: Path) -> None:
    """Fixtures of pytest and its plugins tell nobody anything, until one breaks."""
    fixtures = [each for found in read(results, "container") for each in (*found["befores"], *found["afters"])]
    assert [(each["name"], each["status"]) for each in fixtures] == [("breaks::1", "broken")]


def test_a_run_without_results_has_nothing_to_explain(tmp_path: Path) -> None:
    """And what is no result of Allure's is told, and stays."""
    assert explain(the_run(), tmp_path / "allure-results", {}) is None
    (tmp_path / "a-result.json").write_text("half a fi")
    assert "Allure's results are not explained" in (explain(the_run(), tmp_path, {}) or "")


def test_the_receipt_stands_beside_the_verdict(results: Path) -> None:
    """What the run asked of the target, and what it wrote there."""
    said = dict(line.split("=", 1) for line in (results / "environment.properties").read_text().splitlines())
    assert said["receipt"] == "0 requests, 0 blocked, no writes"


@pytest.mark.browser
def test_the_verdict_stands_in_the_report(results: Path) -> None:
    """Its overview says what the run came to, and why."""
    from playwright.sync_api import sync_playwright

    from smoke.browser import find_browser, launch_options

    outcome = build(results, results.parent / "allure-report")
    if isinstance(outcome, ReportSkipped) and ("needs Node" in outcome.reason or "install" in outcome.reason):
        pytest.skip(outcome.reason)
    assert isinstance(outcome, ReportBuilt), outcome
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(find_browser()))
        page = browser.new_page()
        page.goto(outcome.page.as_uri())
        page.get_by_text(REASON).first.wait_for()
        browser.close()
