"""``smoke prove``, as its user runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from smoke.proof.matrix import Matrix
from smoke.proof.writing import read, write
from tests.running.test_interrupt import children, lingering
from tests.support import warm

ROOT = Path(__file__).parents[2]
KINDS = ("console-error", "uncaught-exception", "unhandled-rejection", "scripts-gone")
ONE_BY_ONE = ("--check", "login.refused", "--workers", "1", *(f"--fault={kind}" for kind in KINDS))
"""When the first of these is caught, others are still to come."""


def command(tmp_path: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "smoke", "prove", "--reports", str(tmp_path), *arguments]


def run(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    arguments = ("prove", "--reports", str(tmp_path), *arguments)
    return warm.smoke(*arguments, cwd=ROOT, environ={**os.environ, **environ})


def proved(tmp_path: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    said = run(tmp_path, *arguments, **environ)
    return said.returncode, said.stdout + said.stderr


def begin(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a drill, and return once it has caught something in a browser."""
    child = subprocess.Popen(
        command(tmp_path, *ONE_BY_ONE),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if re.match(r"  [1-9]\d* of \d+ faults", line):
            return child
    raise AssertionError("the drill ended before anything was caught")


@pytest.fixture(scope="module")
def ill() -> Iterator[DemoProcess]:
    """A deployment that is not well."""
    with start() as demo:
        demo.set_breaks([Break.SERVICE_DOWN])
        yield demo


@pytest.mark.long
def test_every_fault_of_a_suite_is_caught(tmp_path: Path) -> None:
    """The target is asked as often as a clean run asks it, and no more; all of it stands on one page."""
    code, said = proved(tmp_path, "--suite", "mosaic")
    assert code == 0, said
    clean = re.search(r"clean run PASS \(16 checks, (\d+) requests\)", said)
    assert clean, said
    matrix = read(tmp_path / "proof" / "mosaic.json")
    assert len(matrix.cases) >= 100
    assert (matrix.detection_rate, matrix.asked) == (1.0, int(clean[1]))
    told = re.findall(rf"^  (\d+) of {len(matrix.cases)} faults, 0 not caught", said, re.M)
    assert len(told) >= 9, "each tenth of the drill is told"
    page = (tmp_path / "proof" / "index.html").read_text()
    assert all(f"<code>{check}</code>" in page for check in ("deployment.uptime", "health.p95", "errors.not-found"))
    assert not re.search(r"(src|href)=\"(?!#)", page), "nothing is asked for from elsewhere"
    assert "| mosaic |" in (tmp_path / "proof" / "matrix.md").read_text()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.long
def test_a_drill_that_is_stopped_leaves_nobody_behind_and_is_resumed(tmp_path: Path, told: signal.Signals) -> None:
    """Exit 3; what was tried by then is not tried again."""
    child = begin(tmp_path)
    started = children(child.pid)
    assert len(started) >= 3, "a driver and a browser at least"
    child.send_signal(told)
    said = child.communicate(timeout=30)[0]
    assert (child.returncode, "the same command with --resume goes on" in said) == (3, True), said
    assert lingering(started) == []
    assert not list(tmp_path.glob("proof/*.json"))
    if told is signal.SIGINT:
        return  # once is enough to see it go on
    code, said = proved(tmp_path, *ONE_BY_ONE, "--resume")
    assert code == 0, said
    assert re.search(r"[1-9]\d* faults to try, [1-9]\d* tried before", said), said


def test_a_target_that_is_not_well_proves_nothing(tmp_path: Path, ill: DemoProcess) -> None:
    """Exit 3, what is wrong without any fault, and how old it is what the page still shows."""
    write([Matrix(suite="betterprompts", environment="local", cases=(), finished=1_795_000_000)], tmp_path)
    environ = {**ill.environ, "SMOKE_BASE_URL": ill.base_urls["betterprompts"]}
    code, said = proved(tmp_path, "--check", "health", **environ)
    assert code == 3
    assert "nothing can be proved: health.root is FAIL" in said
    assert "betterprompts: what the page shows of it is the drill of 2026-11-18 " in said


def test_wrong_parts_are_told(tmp_path: Path) -> None:
    """Exit 2, with what a part looks like."""
    code, said = proved(tmp_path, "--shard", "3/2")
    assert (code, "--shard: is a part and how many there are, such as 2/5; got '3/2'" in said) == (2, True)


def test_where_nothing_can_be_written_nothing_is_asked(tmp_path: Path) -> None:
    """Exit 2 before the clean run, as for arguments that only pytest would take."""
    (tmp_path / "proof").write_text("in the way")
    code, said = proved(tmp_path, "--suite", "mosaic")
    assert (code, "--reports" in said, "clean run" in said) == (2, True, False)
    code, said = proved(tmp_path, "--", "-k", "login")
    assert (code, "pytest arguments go to `smoke run`" in said) == (2, True)
