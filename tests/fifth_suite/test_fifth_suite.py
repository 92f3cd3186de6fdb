"""A suite for an application that is not ours, written without reading the harness, against the real application."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.roundup import Tracker, a_tracker

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PROJECT = Path(__file__).parent / "project"
CHECKS = {"issues.load", "login.visitor", "issues.page", "style.cached", "issue.jump", "issue.missing", "api.closed"}


@dataclass(frozen=True)
class Run:
    """A run of ``smoke`` that ended."""

    code: int
    verdict: dict[str, Any]
    said: str

    @property
    def outcomes(self) -> dict[str, str]:
        return {check["id"]: check["outcome"] for check in self.verdict["checks"]}


Smoke = Callable[..., Run]


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Tracker:
    """Set up a tracker with one account and one issue."""
    return a_tracker(tmp_path_factory.mktemp("roundup") / "home")


@pytest.fixture
def smoke(tracker: Tracker, tmp_path: Path) -> Smoke:
    """Run ``smoke run --json …`` in a project folder to its end."""

    def run(*arguments: str, project: Path = PROJECT, password: str = tracker.password) -> Run:
        ours = ("SMOKE_", "DD_", "PYTEST_")
        environ = {
            name: value
            for name, value in os.environ.items()
            if name == "SMOKE_BROWSER_PATH" or not name.startswith(ours)
        }
        program = Path(sys.executable).with_name("smoke")
        target = ["--suite", "roundup", "--base-url", tracker.url, "--reports", str(tmp_path / "reports")]
        done = subprocess.run(
            [program, "run", "--json", *target, *arguments],
            cwd=project,
            env={**environ, "ROUNDUP_PASSWORD": password},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.startswith("{"), done.stderr
        return Run(done.returncode, json.loads(done.stdout), done.stderr)

    return run


def test_the_suite_passes_against_the_running_application(smoke: Smoke, tracker: Tracker) -> None:
    """Every check of the fifth suite passes against a real Roundup."""
    with tracker.serving():
        run = smoke()
    assert (run.verdict["verdict"], run.code) == ("PASS", 0), run.said
    assert run.outcomes == dict.fromkeys(CHECKS, "PASS")


@pytest.mark.long
def test_the_suite_is_not_green_when_the_application_is_stopped(smoke: Smoke, tracker: Tracker) -> None:
    """Once the application that answered is stopped, neither journey nor probe passes, nor does the run."""
    with tracker.serving():
        pass
    run = smoke("--check", "issues")
    assert (run.verdict["verdict"], run.code) == ("FAIL", 1), run.said
    assert run.outcomes == {"issues.load": "FAIL", "issues.page": "FAIL"}


WRONG = {
    "issue.missing": ("config/suites/roundup/checks.yaml", "status: 404", "status: 410"),
    "issues.load": ("config/suites/roundup/noise.yaml", "rest 403", "rest 404"),
}
"""What a probe expects and what the noise of a journey accepts, each changed."""


@pytest.mark.long
def test_a_wrong_expectation_turns_its_check_red(smoke: Smoke, tracker: Tracker, tmp_path: Path) -> None:
    """What the application does and a probe or the noise does not expect is a FAIL of that check."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("reports", "__pycache__", ".*"))
    for file, old, new in WRONG.values():
        text = (project / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (project / file).write_text(text.replace(old, new), encoding="utf-8")
    with tracker.serving():
        run = smoke(*(word for check in WRONG for word in ("--check", check)), project=project)
    assert (run.outcomes, run.code) == (dict.fromkeys(WRONG, "FAIL"), 1), run.said


@pytest.mark.long
def test_a_refused_account_is_inconclusive(smoke: Smoke, tracker: Tracker) -> None:
    """A password that the application refuses says nothing of the application, and is not green."""
    with tracker.serving():
        run = smoke("--check", "login.visitor", password=secrets.token_hex(16))
    assert (run.outcomes, run.code) == ({"login.visitor": "INCONCLUSIVE"}, 3), run.said
