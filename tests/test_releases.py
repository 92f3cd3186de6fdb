"""Releases and the matrix, from the project's own YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.load import load
from smoke.config.paths import suites
from smoke.model import Scope
from smoke.planning.plan import Selection, plan
from smoke.planning.releases import stages
from smoke.reporting.matrix import matrix

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("release", "minutes"), [("standard", 12), ("hotfix", 8), ("rollback", 8)])
def test_a_release_takes_the_minutes_of_seed_000(release: str, minutes: int) -> None:
    """The times in the YAML add up to what the release workflow was promised."""
    suite = load(ROOT, "betterprompts")
    assert sum(stage.seconds for stage in stages(suite, release)) == minutes * 60


def test_a_canary_runs_exactly_the_reduced_set() -> None:
    """At canary-5 only checks of reduced scope are planned: one health check, login and logout, two journeys."""
    planned = plan(load(ROOT, "betterprompts"), "canary-5", None, Selection())
    assert {check.id for check in planned.checks} == {
        "health.root",
        "homepage.load",
        "homepage.enhance",
        "login.basic",
    }
    assert all(check.scope is Scope.REDUCED for check in planned.checks)


def test_the_committed_matrix_is_fresh() -> None:
    """docs/smoke-matrix.md is what `smoke config matrix` writes now."""
    committed = (ROOT / "docs" / "smoke-matrix.md").read_text(encoding="utf-8")
    assert matrix(load(ROOT, name) for name in suites(ROOT)) == committed, "run `smoke config matrix`"
