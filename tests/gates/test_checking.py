"""A gate believes a run only where its verdict and its end say the same."""

from __future__ import annotations

import json

import pytest

from smoke.gates.checking import checked
from smoke.model import Category, Outcome


def verdict(said: str, **changes: object) -> str:
    whole = {
        "verdict": said,
        "reason": "because",
        "failed_category": None,
        "build": {"answers": {"b2": 3}, "silent": 1},
        "run_id": "run-1",
        "finished": "1970-01-01T00:01:00Z",
        "checks": [],
    }
    return json.dumps({**whole, **changes})


@pytest.mark.parametrize(
    ("said", "code", "outcome"),
    [
        ("PASS", 0, Outcome.PASS),
        ("FLAKY", 0, Outcome.FLAKY),
        ("FLAKY", 1, Outcome.FLAKY),
        ("FAIL", 1, Outcome.FAIL),
        ("INCONCLUSIVE", 3, Outcome.INCONCLUSIVE),
        ("PASS", 1, Outcome.INCONCLUSIVE),
        ("PASS", 3, Outcome.INCONCLUSIVE),
        ("PASS", -9, Outcome.INCONCLUSIVE),
        ("FAIL", 0, Outcome.INCONCLUSIVE),
        ("INCONCLUSIVE", 0, Outcome.INCONCLUSIVE),
    ],
)
def test_the_verdict_counts_where_the_exit_code_agrees(said: str, code: int, outcome: Outcome) -> None:
    assert checked(verdict(said), code).verdict is outcome


@pytest.mark.parametrize("output", ["", "{}", "[]", "null", "PASS", '{"verdict": "GREEN"}', '{"verdict": "PASS"}'])
@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_what_is_no_verdict_is_inconclusive(output: str, code: int) -> None:
    seen = checked(output, code)
    assert seen.verdict is Outcome.INCONCLUSIVE
    assert seen.reason.startswith("the run said no verdict: ")


def test_builds_and_category_are_taken_over() -> None:
    seen = checked(verdict("FAIL", failed_category="database"), 1)
    assert (seen.failed_category, seen.builds, seen.silent) == (Category.DATABASE, {"b2": 3}, 1)


def test_checks_and_end_are_taken_over() -> None:
    row = {"id": "schema.version", "category": "database", "critical": True, "outcome": "FLAKY", "title": "and more"}
    seen = checked(verdict("PASS", checks=[row]), 0)
    (check,) = seen.checks
    assert (check.id, check.category, check.critical, check.outcome) == (
        "schema.version",
        Category.DATABASE,
        True,
        Outcome.FLAKY,
    )
    assert seen.finished == 60
