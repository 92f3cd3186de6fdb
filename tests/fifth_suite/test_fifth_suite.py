"""A suite for an application that is not ours, written without reading the harness, against the real application."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PROJECT = Path(__file__).parent / "project"
ROUNDUP = "roundup==2.6.0"
HOST = "127.0.0.1"
STARTS_WITHIN_S = 20.0
CHECKS = {"issues.load", "login.visitor", "issues.page", "style.cached", "issue.jump", "issue.missing", "api.closed"}


@dataclass(frozen=True)
class Tracker:
    """Roundup, an issue tracker: installed and filled, not running."""

    programs: Path
    home: Path
    port: int
    password: str
    """Of its user ``visitor``."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/tracker/"

    def admin(self, *arguments: str) -> None:
        call(self.programs / "roundup-admin", "-i", self.home, *arguments)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve from the first answer to the end of the block."""
        as_root = ["-u", "root"] if os.geteuid() == 0 else []  # otherwise it refuses to run as root
        command = [self.programs / "roundup-server", "-n", HOST, "-p", str(self.port), "-t", "thread", *as_root]
        log = self.home.with_suffix(".log")
        with log.open("ab") as output:
            process = subprocess.Popen([*command, f"tracker={self.home}"], stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(process, self.port, log)
            # The first request creates tables; of two at once, as a browser sends, one would be refused.
            with urllib.request.urlopen(self.url, timeout=STARTS_WITHIN_S):
                pass
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


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


def call(*command: str | Path) -> None:
    """Run a program to its end; what it printed stands in the failure."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when ``process`` accepts connections; fail when it ends or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
            break
    pytest.fail(f"the application does not listen on port {port}:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def programs() -> Path:
    """Roundup in an environment of its own, installed once."""
    venv = ROOT / ".cache" / ROUNDUP.replace("==", "-")
    installed = venv / "installed"
    if not installed.exists():
        call(sys.executable, "-m", "venv", "--clear", "--without-pip", venv)
        pip = ("-m", "pip", "--python", venv / "bin/python", "--disable-pip-version-check")
        call(sys.executable, *pip, "install", "--quiet", "--no-compile", ROUNDUP)
        installed.touch()
    return venv / "bin"


@pytest.fixture(scope="module")
def tracker(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Tracker:
    """Set up a tracker with one account and one issue."""
    tracker = Tracker(programs, tmp_path_factory.mktemp("roundup") / "home", free_port(), secrets.token_hex(16))
    mail = f"mail_domain=smoke.invalid,mail_host={HOST},mail_debug={tracker.home.with_suffix('.mbox')}"
    tracker.admin("install", "classic", "sqlite", f"tracker_web={tracker.url},{mail}")
    tracker.admin("initialise", secrets.token_hex(16))
    visitor = ("username=visitor", "roles=User", "address=visitor@smoke.invalid", f"password={tracker.password}")
    tracker.admin("create", "user", *visitor)
    tracker.admin("create", "issue", "title=Smoke detector", "priority=1")
    return tracker


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


def test_a_refused_account_is_inconclusive(smoke: Smoke, tracker: Tracker) -> None:
    """A password that the application refuses says nothing of the application, and is not green."""
    with tracker.serving():
        run = smoke("--check", "login.visitor", password=secrets.token_hex(16))
    assert (run.outcomes, run.code) == ({"login.visitor": "INCONCLUSIVE"}, 3), run.said
