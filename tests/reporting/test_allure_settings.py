"""What Allure is told."""

import re
from pathlib import Path

import pytest

from smoke.model import Blame
from smoke.reporting.allure.settings import Order, category, settings

SETTINGS = settings(
    Order(name="Smoke", report=Path("/reports/allure-report"), history=Path("/reports/allure-history.jsonl"))
)


@pytest.mark.parametrize("blame", Blame)
def test_every_blame_has_a_category_that_says_what_it_means_for_the_verdict(blame):
    """The outcome comes first, so that failures stand apart from what could not be judged."""
    assert category(blame)["name"].startswith(f"{blame.outcome}: ")
    assert category(blame) in SETTINGS["categories"]["rules"]


@pytest.mark.parametrize("blame", Blame)
def test_a_failure_belongs_to_one_category(blame):
    """No pattern matches the label of another blame."""
    patterns = {rule["id"]: rule["matchers"]["labels"].get("blame") for rule in SETTINGS["categories"]["rules"]}
    assert [each for each, pattern in patterns.items() if pattern and re.search(pattern, blame)] == [f"blame-{blame}"]


def test_failures_of_the_application_come_before_what_could_not_be_judged():
    """A reader meets what is broken first."""
    outcomes = [rule["name"].split(":")[0] for rule in SETTINGS["categories"]["rules"]]
    assert list(dict.fromkeys(outcomes)) == ["FAIL", "INCONCLUSIVE", "NOT_RUN", "FLAKY", "PASS"]


def test_history_is_kept_beside_the_report_and_bounded():
    """A monitor that runs for years must not fill the disk."""
    assert SETTINGS["historyPath"] == "/reports/allure-history.jsonl"
    assert SETTINGS["historyLimit"] == 100
