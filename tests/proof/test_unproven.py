"""Checks of which nothing shows that they can go red, and what a drill says of them in figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smoke import cli
from smoke.config.load import load
from smoke.model import Category, Outcome
from smoke.proof.figures import figures_of
from smoke.proof.matrix import Case, Matrix
from smoke.proof.shown import page_of
from smoke.proof.unproven import unproven
from smoke.proof.writing import write
from tests.proof.test_parts import a_case
from tests.support.project import a_project

ASLEEP = a_case("status-502", check_id="home.load", outcome=Outcome.PASS, blame=None)
GOT_OVER = a_case("first-request-fails", check_id="home.load", expected=(), outcome=Outcome.FLAKY, blame=None)
MATRIX = Matrix(
    suite="shop",
    environment="local",
    cases=(a_case("status-500"), a_case("reset"), ASLEEP, GOT_OVER),
    checks={"health.root": Category.API_HEALTH, "home.load": Category.CRITICAL_PATHS},
    finished=1_795_000_000.5,
)


def test_a_check_is_proven_by_one_fault_that_turned_it_red() -> None:
    """That it got over one shows only that it can be green."""
    assert MATRIX.unproven == ("home.load",)
    red = replace(ASLEEP, outcome=Outcome.FAIL, blame=ASLEEP.expected[0])
    assert replace(MATRIX, cases=(*MATRIX.cases, red)).unproven == ()


def test_config_check_names_journeys_that_were_not_drilled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning, and no error; what was drilled and never red is unproven."""
    project = a_project(tmp_path)
    suite = load(project.root, "shop")
    journeys = [check.id for check in suite.checks if check.kind == "journey"]
    assert [*unproven(suite, None)] == [f"shop: not proven yet: {', '.join(journeys)}; run `smoke prove --suite shop`"]
    assert next(iter(unproven(suite, MATRIX))).startswith("shop: home.load is unproven")
    write([MATRIX], tmp_path / "reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        assert cli.main(["config", "check"]) == 0
    assert "warning: shop: home.load is unproven: no fault of the last `smoke prove`" in capsys.readouterr().err
    assert "home.load" in page_of([MATRIX]).partition("unproven")[2]


def test_what_was_proven_of_another_configuration_is_not_proven(tmp_path: Path) -> None:
    """A journey may have lost what caught the faults."""
    suite = load(a_project(tmp_path).root, "shop")
    red = replace(ASLEEP, outcome=Outcome.FAIL, blame=ASLEEP.expected[0])
    proven = replace(MATRIX, cases=(*MATRIX.cases, red), config_sha256=suite.sha256)
    assert "home.load" not in "".join(unproven(suite, proven))
    journeys = {check.id: check.category for check in suite.checks if check.kind == "journey"}
    assert [*unproven(suite, replace(proven, checks=journeys, cases=tuple(_red(each) for each in journeys)))] == []
    told = [*unproven(suite, replace(proven, config_sha256="another"))]
    assert "shop: not proven since the suite was changed: home.load; run `smoke prove --suite shop`" in told


def _red(check_id: str) -> Case:
    return a_case("status-500", check_id=check_id)


def test_the_detection_rate_is_told_overall_and_by_category() -> None:
    """With suite and environment, and at the end of the drill."""
    figures = {metric.tags: metric.value for metric in figures_of(MATRIX)}
    assert figures == {
        ("env:local", "suite:shop"): 0.75,
        ("category:api-health", "env:local", "suite:shop"): 1.0,
        ("category:critical-paths", "env:local", "suite:shop"): 0.5,
    }
    assert {(metric.name, metric.timestamp) for metric in figures_of(MATRIX)} == {
        ("smoke_test.proof.detection_rate", 1_795_000_000)
    }


def test_a_drill_that_could_not_try_everything_has_no_rate() -> None:
    """It would read as if the rest had been caught."""
    untried = a_case("hangs", trouble="the fault changed nothing")
    assert figures_of(replace(MATRIX, cases=(a_case("status-500"), untried))) == ()
