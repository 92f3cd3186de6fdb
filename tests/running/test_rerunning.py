"""``smoke run --watch``: the checks run again when a file of the suite changes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smoke.demo.process import DemoProcess
from smoke.host.children import children
from smoke.running.rerunning import changed, concerned, snapshot
from smoke.settings import Settings, resolve
from tests.support.project import a_project

JOURNEY = "e2e/betterprompts/test_login_refused.py"


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    """The settings of a small project."""
    a_project(tmp_path / "shop")
    return resolve({}, point="local", root=tmp_path / "shop", environ={})


def touched(settings: Settings, *files: str) -> frozenset[Path]:
    """Change ``files``, and return what is seen of it."""
    before = snapshot(settings)
    for file in files:
        path = settings.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + "\n# more\n")
    return changed(before, snapshot(settings))


def test_a_change_is_seen_in_whatever_a_suite_is_made_of(shop: Settings) -> None:
    """Journeys, helpers, pages and configuration; new files and those that went. Other suites are not its own."""
    files = (
        "e2e/shop/test_home.py",
        "page_objects/shop/cart.py",
        "page_objects/page.py",
        "config/suites/shop/noise.yaml",
    )
    assert touched(shop, *files) == {shop.root / file for file in files}
    assert touched(shop, "e2e/other/test_x.py", "reports/verdict.json") == frozenset()
    before = snapshot(shop)
    (shop.root / files[1]).unlink()
    assert changed(before, snapshot(shop)) == {shop.root / files[1]}


def test_only_the_checks_of_a_changed_journey_file_are_concerned(shop: Settings) -> None:
    """Of anything else it cannot be told what it changes; a file that is no Python is for the run to complain about."""
    assert concerned(touched(shop, "e2e/shop/test_home.py"), shop) == ("home.load", "login.basic")
    assert concerned(touched(shop, "e2e/shop/opened.py"), shop) is None
    assert concerned(touched(shop, "e2e/shop/test_home.py", "config/suites/shop/checks.yaml"), shop) is None
    assert concerned(frozenset({shop.root / "e2e/shop/test_gone.py"}), shop) == ()
    (shop.root / "e2e/shop/test_home.py").write_text("def test_x(:\n")
    assert concerned(frozenset({shop.root / "e2e/shop/test_home.py"}), shop) is None


@contextmanager
def watching(project: Path, environ: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield ``smoke run --watch``, whose standard error may be read."""
    command = [sys.executable, "-m", "smoke", "run", "--watch", *arguments]
    with subprocess.Popen(
        command, cwd=project, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Return the next line with ``pattern``."""
    assert process.stderr is not None
    return next(line for line in process.stderr if re.search(pattern, line))


def await_run(process: subprocess.Popen[str]) -> None:
    """Wait until a run is under way."""
    (watcher,) = children(process.pid)
    while not children(watcher):
        assert process.poll() is None
        threading.Event().wait(0.05)


@pytest.mark.browser
def test_checks_run_again_until_ctrl_c(project: Path, environ: dict[str, str], demo: DemoProcess) -> None:
    """A wrong file is told and waited for; the exit code is that of the last run."""
    demo.set_breaks()
    path = project / JOURNEY
    whole = path.read_text()
    with watching(project, environ, "--check", "login.refused", "--check", "health.root") as process:
        said(process, "^exit code 0; waiting")
        path.write_text(whole + "\n\ndef broken(:\n")
        said(process, f"^changed: {JOURNEY}$")
        said(process, "SyntaxError: invalid syntax")
        said(process, "^exit code 2; waiting")
        path.write_text(whole + "\n\nassert 1 == 2\n")
        said(process, "^exit code 3; waiting")
        verdict = json.loads((project / "reports/verdict.json").read_text())
        assert [check["id"] for check in verdict["checks"]] == ["login.refused"]
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 3


@pytest.mark.browser
@pytest.mark.long
def test_ctrl_c_between_runs_keeps_what_the_last_one_said(
    project: Path, environ: dict[str, str], demo: DemoProcess
) -> None:
    """A run that it interrupts is INCONCLUSIVE."""
    demo.set_breaks()
    with watching(project, environ, "--check", "health.root") as process:
        said(process, "^exit code 0; waiting")
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
    with watching(project, environ, "--check", "health.root") as process:
        said(process, "^exit code 0; waiting")
        (project / "config/suites/betterprompts/noise.yaml").touch()
        await_run(process)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 3
