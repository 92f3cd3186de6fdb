"""Runs the program as its users do: as a child process, in the real browser, against the real application."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoke.demo.process import DemoProcess, start
from tests.support import warm

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from tests.running.shop import Shop

ROOT = Path(__file__).parents[2]
ANY_BAND = "1000"
"""No runner is outside of that: what a test makes slow is found to be slow on a busy machine, too."""


@dataclass(frozen=True)
class Finished:
    """A run of ``smoke`` that ended."""

    code: int
    verdict: dict[str, Any]
    stdout: str
    stderr: str
    reports: Path

    def check(self, check_id: str) -> dict[str, Any]:
        return next(check for check in self.verdict["checks"] if check["id"] == check_id)


@pytest.fixture(scope="package")
def demo() -> Iterator[DemoProcess]:
    """One embedded application for all these tests; each sets the breaks that it wants."""
    with start() as process:
        yield process


def environ_of(demo: DemoProcess) -> dict[str, str]:
    """Return the environment of a user who watches ``demo``."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_TEST", "DD_"))}
    return {**clean, **demo.environ, "SMOKE_RUNNER_BAND": ANY_BAND}


def run_smoke(reports: Path, environ: dict[str, str], *arguments: str) -> Finished:
    """Run ``smoke run --json …`` to its end."""
    done = warm.smoke("run", *arguments, "--json", "--reports", reports, cwd=ROOT, environ=environ)
    return finished(done, reports)


def run_from_the_start(reports: Path, environ: dict[str, str], *arguments: str) -> Finished:
    """Do the same in an interpreter of its own, as a shell does."""
    command = [sys.executable, "-m", "smoke", "run", *arguments, "--json", "--reports", str(reports)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=150, check=False)
    return finished(done, reports)


def finished(done: subprocess.CompletedProcess[str], reports: Path) -> Finished:
    """Read what a run said."""
    verdict = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return Finished(done.returncode, verdict, done.stdout, done.stderr, reports)


@pytest.fixture
def environ(demo: DemoProcess) -> dict[str, str]:
    """The environment of a user who watches that application."""
    return environ_of(demo)


@pytest.fixture
def smoke(environ: dict[str, str], tmp_path: Path) -> Callable[..., Finished]:
    """Run ``smoke run --json …`` to its end."""

    def run(*arguments: str, **extra: str) -> Finished:
        return run_smoke(tmp_path / "reports", {**environ, **extra}, *arguments)

    return run


def copied(folder: Path) -> Path:
    """Copy this project's data to ``folder``, to be changed."""
    for name in ("config", "e2e", "page_objects"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this project's data."""
    return copied(tmp_path / "project")


@pytest.fixture
def shop(httpserver: HTTPServer) -> Shop:
    """A server that takes note of what it is asked."""
    from tests.running.shop import stocked

    return stocked(httpserver)
