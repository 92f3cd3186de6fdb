"""The Allure report of a real run, looked through as axe does: what is ours in it, and what Allure puts around it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import start
from smoke.reporting.allure_report import ReportSkipped, build
from tests.support import axe, warm
from tests.support.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.long]
ROOT = Path(__file__).parents[2]
BREAKS = (Break.MISSING_BUTTON, Break.LOGIN_REFUSED, Break.SERVICE_DOWN)
CHECKS = ("homepage", "login.basic", "login.refused", "health.api")
RESULTS = {
    "homepage.load": "failed",
    "homepage.enhance": "failed",
    "health.api": "failed",
    "login.basic": "broken",
    "login.refused": "passed",
}
"""A journey and a probe that failed, one that could not be judged, and one that passed, as Allure calls them."""
ALLURES_OWN: dict[str, str] = {}
"""What axe calls serious and only Allure can mend: the rule, and why we bear it. Empty: all is mended."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    reports = tmp_path_factory.mktemp("run")
    wanted = [word for check in CHECKS for word in ("--check", check)]
    with start() as demo:
        demo.set_breaks(BREAKS)
        warm.smoke("run", *wanted, "--reports", reports, cwd=ROOT, environ={**os.environ, **demo.environ})
    built = build(reports / "allure-results", reports / "allure-report")
    if isinstance(built, ReportSkipped):
        pytest.skip(built.reason)
    return built.page.as_uri()


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    with chromium() as browser:
        yield browser.new_context(color_scheme=request.param, bypass_csp=True).new_page()


def grave(page: Any) -> list[str]:
    return [each for each in axe.grave(page, axe.script()) if each.split()[1] not in ALLURES_OWN]


def test_everybody_can_use_the_list(report: str, page: Any) -> None:
    """Suites and checks, whatever became of them."""
    page.goto(report)
    for check in RESULTS:
        page.get_by_text(f"{check}: ").first.wait_for()
    assert grave(page) == []


@pytest.mark.parametrize("check", RESULTS)
def test_everybody_can_read_a_result(report: str, page: Any, check: str) -> None:
    """Its steps, what is attached to it, its description, its links, and what Allure says around it."""
    page.goto(report)
    page.get_by_text(f"{check}: ").first.click()
    page.get_by_test_id(f"test-result-status-{RESULTS[check]}").wait_for()
    assert page.get_by_role("link", name="failure page").count() == (RESULTS[check] != "passed")
    for each in page.get_by_test_id("test-result-attachment-header").filter(has_text="/").all():
        each.click()
    assert grave(page) == []


def test_everybody_can_read_whose_fault_it_was(report: str, page: Any) -> None:
    """The tab of categories."""
    page.goto(report)
    page.get_by_test_id("nav-tab-categories").click()
    page.get_by_text("INCONCLUSIVE: the smoke account cannot be used (ACCOUNT)").wait_for()
    assert grave(page) == []


def test_everybody_can_read_the_graphs(report: str, page: Any) -> None:
    """The section of charts."""
    page.goto("about:blank")
    page.goto(f"{report}#charts")
    page.get_by_text("Outcomes, run by run").wait_for()
    assert grave(page) == []
