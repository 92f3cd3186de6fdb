"""Parts of real runs: probes against the embedded application, shared out to three machines."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smoke.demo.process import DemoProcess, start
from tests.running.conftest import ANY_BAND, ROOT
from tests.support import warm

PROBES = ("--check", "health", "--check", "api")
"""Four of them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command of ``smoke`` that ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Machines:
    """Runs commands as machines do that share nothing but one application."""

    demo: DemoProcess

    def smoke(self, *arguments: object, **variables: str) -> Ended:
        """Run one command to its end."""
        done = warm.smoke(*arguments, cwd=ROOT, environ=self.environ(**variables))
        return Ended(done.returncode, done.stdout, done.stderr)

    @staticmethod
    def command(*arguments: object) -> list[str]:
        return [sys.executable, "-m", "smoke", *map(str, arguments)]

    def environ(self, **variables: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "GITHUB_"))}
        return {**kept, **self.demo.environ, "SMOKE_RUNNER_BAND": ANY_BAND, **variables}

    def part(self, reports: Path, *arguments: object, of: str = "42") -> Ended:
        """Run a part that leaves its reports in ``reports``."""
        where = ("--part-of", of, "--reports", reports)
        return self.smoke("run", "local", *PROBES, *where, *arguments)


@pytest.fixture(scope="package")
def demo() -> Iterator[DemoProcess]:
    with start() as process:
        yield process


@pytest.fixture(scope="package")
def machines(demo: DemoProcess) -> Machines:
    return Machines(demo)


@pytest.fixture(scope="package")
def three(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what three healthy shards left."""
    folder = tmp_path_factory.mktemp("parts")
    for index in (1, 2, 3):
        ended = machines.part(folder / f"shard-{index}", "--shard", f"{index}/3")
        assert ended.code == 0, ended.stdout + ended.stderr
    return folder


Parts = Callable[..., Path]


@pytest.fixture
def parts(three: Path, tmp_path: Path) -> Parts:
    """Copies of what the shards left, of those that are asked for."""

    def copied(*indices: int) -> Path:
        for index in indices:
            shutil.copytree(three / f"shard-{index}", tmp_path / "parts" / f"shard-{index}")
        return tmp_path / "parts"

    return copied
