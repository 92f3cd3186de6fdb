"""Plain pytest, as a QA engineer uses it."""

from __future__ import annotations

import json
import os
import re
import shutil
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


def test_nothing_is_left_of_a_run_whose_verdict_cannot_be_written(
    tmp_path, environ: dict[str, str], demo: DemoProcess
) -> None:
    """Its private folder holds what nobody has looked through for secrets."""
    demo.set_breaks()
    reports, temporary = tmp_path / "reports", tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "spoiler.py").write_text(f"""
from pathlib import Path

def pytest_sessionfinish():
    Path({str(reports / "verdict.json")!r}).mkdir()
""")
    path = os.pathsep.join(filter(None, (str(tmp_path), environ.get("PYTHONPATH"))))
    told = {**environ, "SMOKE_REPORTS": str(reports), "TMPDIR": str(temporary), "PYTHONPATH": path}
    done = journeys(told, "-p", "spoiler", "-k", "refused")
    assert "IsADirectoryError" in done.stdout + done.stderr
    assert [each.name for each in temporary.glob("smoke-run-*")] == []


@pytest.mark.long
def test_pytest_shows_rule_and_evidence_of_a_red_journey(tmp_path, environ: dict[str, str], demo: DemoProcess) -> None:
    """A guard fails the journey in pytest's own report, with both attempts told."""
    demo.set_breaks([Break.CONSOLE_ERROR])
    done = journeys({**environ, "SMOKE_REPORTS": str(tmp_path)}, "-k", "homepage_load")
    assert done.returncode == 1
    assert "homepage.load.console_errors (1) == 0: Failed to load recommendations" in done.stdout
    assert "smoke: FAIL: " in done.stdout


LOOKING = """
import sys

started = []
sys.addaudithook(lambda event, given: started.append(given[0]) if event in ("subprocess.Popen", "os.fork") else None)

import pytest

code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *sys.argv[1:]])
heavy = {"smoke.demo", "smoke.running.session", "smoke.running.camera", "httpcore"} & sys.modules.keys()
print("started:", started, "loaded:", [*heavy])
sys.exit(code)
"""


def test_an_editor_lists_every_journey_without_starting_anything() -> None:
    """By file and name, as VS Code asks for it; neither browser nor application, nor what runs them."""
    command = [sys.executable, "-c", LOOKING, "e2e"]
    environ = {**os.environ, "SMOKE_BROWSER_PATH": "/no/such/browser"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = {line.partition("[")[0] for line in done.stdout.splitlines() if "::" in line}
    written = {
        f"{path.relative_to(ROOT)}::{name}"
        for path in ROOT.glob("e2e/*/test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert listed == written
    assert "started: [] loaded: []" in done.stdout


@pytest.mark.long
def test_one_journey_runs_by_its_node_id(tmp_path, environ: dict[str, str], demo: DemoProcess) -> None:
    """As an editor runs what was clicked, whichever suite is the default."""
    demo.set_breaks()
    node = "e2e/betterprompts/test_login_refused.py::test_login_refused[chromium]"
    command = [sys.executable, "-m", "pytest", f"--rootdir={ROOT}", "-q", "-p", "no:cacheprovider", node]
    told = {**environ, "SMOKE_REPORTS": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert "smoke: PASS: " in done.stdout


@pytest.mark.skipif(not shutil.which("xvfb-run"), reason="no display, and none to be had: xvfb is not installed")
@pytest.mark.long
def test_a_journey_runs_in_a_window_slowed_down(tmp_path, environ: dict[str, str], demo: DemoProcess) -> None:
    """`pytest e2e --headed --slowmo 250`: the browser has a window, and does what it did without."""
    demo.set_breaks()
    log = tmp_path / "driver.log"
    command = ["xvfb-run", "-a", sys.executable, "-m", "pytest", "e2e", "-q", "-p", "no:cacheprovider"]
    told = {**environ, "SMOKE_REPORTS": str(tmp_path), "DEBUG": "pw:browser", "DEBUG_FILE": str(log)}
    done = subprocess.run(
        [*command, "--headed", "--slowmo", "250", "-k", "refused"],
        cwd=ROOT, env=told, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "verdict.json").read_text())["verdict"] == "PASS"
    launched = log.read_text()
    assert "<launching>" in launched
    assert "--headless" not in launched
