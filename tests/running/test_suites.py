"""Every suite of the project passes on the embedded application."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.running.conftest import ROOT
from tests.support import warm

pytestmark = pytest.mark.browser

LATE = re.compile(r"_ms \([\d.]+\) <=")
RUNS = 3
"""Budgets are the subject of other tests: a machine that is busy beside may exceed one, and not each time."""


def run_in(project: Path, reports: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run ``smoke run --json`` in a project's folder, with an embedded application of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SMOKE_TEST")}
    done = warm.smoke("run", "--json", "--reports", reports, *arguments, cwd=project, environ=environ)
    assert done.stdout.startswith("{"), done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("suite", "env", "checks"),
    [
        ("astronote", "local", 29),
        ("deltacrown", "local", 19),
        ("deltacrown", "local-flags-on", 19),
        ("mosaic", "local", 16),
    ],
)
def test_a_suite_passes_on_the_embedded_application(suite: str, env: str, checks: int, tmp_path: Path) -> None:
    """Each product of the seeds is watched by its own suite, whole and green."""
    for number in range(RUNS):
        code, verdict = run_in(ROOT, tmp_path / str(number), "--suite", suite, "--env", env)
        bad = {check["id"]: check["evidence"] for check in verdict["checks"] if check["outcome"] != "PASS"}
        if not any(LATE.search(line) for lines in bad.values() for line in lines):
            break
    assert (code, bad) == (0, {})
    assert len(verdict["checks"]) == checks
    assert all(each["permission"] != "none" for each in verdict["safety"]["mutations"])


def test_a_selected_probe_brings_what_it_comes_after(tmp_path: Path) -> None:
    """Selecting the end of a sequence runs the sequence, and needs no browser where no journey is planned."""
    environ = {**os.environ, "SMOKE_BROWSER_PATH": "/no/such/browser"}
    wanted = ("--suite", "deltacrown", "--check", "wallet.round-trip")
    done = warm.smoke("run", "--json", "--reports", tmp_path, *wanted, cwd=ROOT, environ=environ)
    assert done.returncode == 0, done.stderr
    ids = [check["id"] for check in json.loads(done.stdout)["checks"]]
    assert ids == ["wallet.open", "wallet.debit", "wallet.credit", "wallet.round-trip"]


def test_a_run_stops_at_its_time_out_with_what_it_has(project: Path, tmp_path: Path) -> None:
    """At the point's time-out the rest is NOT_RUN and the verdict is INCONCLUSIVE, not green."""
    points = project / "config" / "execution-points.yaml"
    local = points.read_text().index("  local:")
    text = points.read_text()
    text = text[:local] + text[local:].replace("target_s: 30", "target_s: 1").replace("timeout_s: 120", "timeout_s: 2")
    points.write_text(text)
    code, verdict = run_in(project, tmp_path / "reports")
    outcomes = {check["outcome"] for check in verdict["checks"]}
    assert (code, verdict["verdict"]) == (3, "INCONCLUSIVE")
    assert "NOT_RUN" in outcomes
    assert verdict["reason"].startswith("the time-out of 2 s stopped the run")
    results = (tmp_path / "reports" / "allure-results").glob("*-result.json")
    reported = {json.loads(path.read_text())["name"].partition(":")[0] for path in results}
    assert reported == {check["id"] for check in verdict["checks"]}, "what nobody looked at is in the report too"
    assert verdict["duration_s"] < 15


def test_a_journey_that_cannot_be_collected_is_inconclusive(project: Path, tmp_path: Path) -> None:
    """A journey file that does not import is our fault, is named, and is never green."""
    broken = project / "e2e" / "betterprompts" / "test_login_refused.py"
    broken.write_text(f"import no_such_module\n{broken.read_text()}")
    code, verdict = run_in(project, tmp_path / "reports", "--check", "login.refused", "--check", "health.root")
    assert (code, verdict["verdict"]) == (3, "INCONCLUSIVE")
    assert "test_login_refused.py could not be collected" in verdict["reason"]


@pytest.mark.long
def test_a_journey_with_an_error_of_its_own_is_our_fault(project: Path, tmp_path: Path) -> None:
    """A NameError in a journey is HARNESS and INCONCLUSIVE, not the application's FAIL."""
    path = project / "e2e" / "betterprompts" / "test_protected_pages.py"
    path.write_text(path.read_text().replace("page.goto(", "pagee.goto("))
    code, verdict = run_in(project, tmp_path / "reports", "--check", "pages")
    (check,) = verdict["checks"]
    assert (code, check["outcome"], check["blame"]) == (3, "INCONCLUSIVE", "HARNESS")
    assert "NameError: name 'pagee' is not defined" in check["evidence"][0]
    assert len(check["attempts"]) == 1


@pytest.mark.long
def test_the_expected_build_must_be_the_one_that_answers(project: Path, tmp_path: Path) -> None:
    """Another build than --expect-build is STALE_BUILD and INCONCLUSIVE, and the verdict names both."""
    code, verdict = run_in(project, tmp_path / "reports", "--check", "homepage.load", "--expect-build", "abc123")
    (check,) = verdict["checks"]
    assert (code, check["outcome"], check["blame"]) == (3, "INCONCLUSIVE", "STALE_BUILD")
    assert (verdict["build"]["expected"], verdict["build"]["observed"]) == ("abc123", ["demo-build"])
    assert verdict["build"]["answers"]["demo-build"] >= 1
