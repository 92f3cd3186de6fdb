"""Ctrl-C, and being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from smoke.demo.process import DemoProcess
from tests.running.conftest import ROOT

pytestmark = pytest.mark.browser


def begin(reports: Path, environ: dict[str, str]) -> subprocess.Popen[str]:
    """Start a run and return once its first check has finished."""
    child = subprocess.Popen(
        [sys.executable, "-m", "smoke", "run", "--reports", str(reports)],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("PASS"):
            return child
    raise AssertionError("the run ended before a check passed")


def children(pid: int) -> set[int]:
    """Process ids of everything that descends from ``pid``."""
    found = set()
    for line in subprocess.check_output(["ps", "-eo", "pid=,ppid="], text=True).splitlines():
        child, parent = map(int, line.split())
        if parent == pid:
            found |= {child, *children(child)}
    return found


def lingering(pids: set[int], within_s: float = 5.0) -> list[str]:
    """Give processes that were told to end a moment to do so; return the command lines of those that did not."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        if not left:
            return []
        threading.Event().wait(0.05)
    return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") or f"zombie {pid}" for pid in left]


def test_ctrl_c_stops_cleans_up_and_is_inconclusive(tmp_path: Path, environ: dict[str, str], demo: DemoProcess) -> None:
    """After Ctrl-C the run writes what it has, exits 3, and leaves no process behind."""
    demo.set_breaks()
    child = begin(tmp_path, environ)
    family = children(child.pid)
    assert family, "browser and driver are children of the run"
    begun = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 3
    assert time.monotonic() - begun < 10
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert verdict["verdict"] == "INCONCLUSIVE"
    assert verdict["reason"].startswith("interrupted after")
    outcomes = [check["outcome"] for check in verdict["checks"]]
    assert "PASS" in outcomes
    assert "NOT_RUN" in outcomes
    assert not lingering(family)


@pytest.mark.long
def test_a_run_that_was_killed_is_told_by_the_next_one(
    tmp_path: Path, environ: dict[str, str], demo: DemoProcess
) -> None:
    """A run that dies without a verdict leaves none, and the next run says that it vanished."""
    demo.set_breaks()
    child = begin(tmp_path, environ)
    family = children(child.pid)
    child.kill()
    child.wait()
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    assert not (tmp_path / "verdict.json").exists()
    command = [sys.executable, "-m", "smoke", "run", "--reports", str(tmp_path), "--check", "health.root"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert "vanished: no verdict" in done.stdout
