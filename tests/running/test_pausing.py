"""``smoke run --pause-on-failure``: the page of a journey that went wrong stays until somebody has looked at it."""

from __future__ import annotations

import json
import math
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from smoke.host.children import children, command_of, kill
from smoke.running.watchdog import LATE_S, UNWIND_S, Limit
from tests.running.conftest import ROOT

INSPECTOR = "--window-size=600,600"
"""In the command line of the browser that shows Playwright's inspector."""
needs_xvfb = pytest.mark.skipif(not shutil.which("xvfb-run"), reason="no display, and none to be had")


@contextmanager
def paused(environ: dict[str, str], reports: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield a run that waits at its failure."""
    options = ["--headed", "--pause-on-failure", "--check", "homepage.load", "--reports", str(reports)]
    command = ["xvfb-run", "-a", sys.executable, "-m", "smoke", "run", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = next(line for line in process.stdout if "homepage.load" in line)
            assert first.startswith("paused at homepage.load: homepage.load.console_errors (1) == 0")
            yield process
        finally:
            for pid in [*below(process.pid)]:  # of a run that ended by itself, nothing is there any more
                kill(pid)


def below(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from below(child)


def awaited(process: subprocess.Popen[str], *, inspector: bool) -> int:
    """Wait for the browser of the journey, or for that of the inspector."""
    while process.poll() is None:
        for pid in below(process.pid):
            command = command_of(pid)
            if (
                "--user-data-dir=" in command
                and "--type=" not in command.replace("--test-type=", "")
                and (INSPECTOR in command) is inspector
            ):
                return pid
        threading.Event().wait(0.1)
    raise AssertionError("the run ended without waiting")


def attempts(reports: Path) -> list[int]:
    verdict = json.loads((reports / "verdict.json").read_text())
    return [len(check["attempts"]) for check in verdict["checks"]]


@pytest.mark.browser
@needs_xvfb
@pytest.mark.long
def test_a_failure_waits_until_its_window_is_closed(environ: dict[str, str], demo: DemoProcess, tmp_path: Path) -> None:
    """The verdict is that of the one attempt, and its evidence that of the failure."""
    demo.set_breaks([Break.CONSOLE_ERROR])
    with paused(environ, tmp_path) as process:
        assert awaited(process, inspector=True)
        assert not (tmp_path / "verdict.json").exists()
        subprocess.run(["kill", str(awaited(process, inspector=False))], check=True)
        assert process.wait(60) == 1
    assert attempts(tmp_path) == [1]
    assert (tmp_path / "attempts/homepage.load-1/screenshot.png").exists()


@pytest.mark.browser
@needs_xvfb
def test_ctrl_c_ends_a_pause(environ: dict[str, str], demo: DemoProcess, tmp_path: Path) -> None:
    """As it ends any run: without a verdict of the application."""
    demo.set_breaks([Break.CONSOLE_ERROR])
    with paused(environ, tmp_path) as process:
        (smoke,) = children(process.pid)[-1:]
        subprocess.run(["kill", f"-{signal.SIGINT}", str(smoke)], check=True)
        assert process.wait(60) == 3


def test_without_a_window_there_is_nothing_to_pause(environ: dict[str, str]) -> None:
    """Wrong usage, told with the way out, before anything starts."""
    command = [sys.executable, "-m", "smoke", "run", "--pause-on-failure"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--pause-on-failure: " in done.stderr
    assert "add --headed" in done.stderr


def test_a_pause_takes_nothing_of_the_time_out() -> None:
    """However long it is: neither of the supervisor's, nor of the driver's."""
    now, told = [100.0], []
    limit = Limit(30.0, told.append, clock=lambda: now[0])
    before = limit.timer
    now[0] += 10
    with limit.lifted():
        assert before.finished.is_set()
        now[0] += 3600
    try:
        assert told == [30.0 + LATE_S + UNWIND_S, math.inf, 20.0 + LATE_S + UNWIND_S]
        assert limit.timer.interval == 20.0 + LATE_S
    finally:
        limit.timer.cancel()
