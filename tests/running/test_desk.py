"""Plain pytest, as a QA engineer uses it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from tests.running.conftest import ROOT

pytestmark = pytest.mark.browser


def journeys(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``pytest e2e`` with ``arguments``."""
    command = [sys.executable, "-m", "pytest", "e2e", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_pytest_runs_journeys_and_says_the_verdict(tmp_path, environ: dict[str, str], demo: DemoProcess) -> None:
    """`pytest e2e -k …` runs just that journey against the target and writes a verdict for it."""
    demo.set_breaks()
    done = journeys({**environ, "SMOKE_REPORTS": str(tmp_path)}, "-k", "refused")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert "smoke: PASS: " in done.stdout
    assert [check["id"] for check in json.loads((tmp_path / "verdict.json").read_text())["checks"]] == ["login.refused"]


def test_pytest_shows_rule_and_evidence_of_a_red_journey(tmp_path, environ: dict[str, str], demo: DemoProcess) -> None:
    """A guard fails the journey in pytest's own report, with both attempts told."""
    demo.set_breaks([Break.CONSOLE_ERROR])
    done = journeys({**environ, "SMOKE_REPORTS": str(tmp_path)}, "-k", "homepage_load")
    assert done.returncode == 1
    assert "homepage.load.console_errors (1) == 0: Failed to load recommendations" in done.stdout
    assert "smoke: FAIL: " in done.stdout
