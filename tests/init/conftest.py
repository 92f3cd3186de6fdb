"""Runs ``smoke init`` as its users do."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running.conftest import ANY_BAND
from tests.support import warm


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        return self.stdout + self.stderr


Smoke = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder: the project that will be."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def smoke(folder: Path, tmp_path: Path) -> Smoke:
    """Run a command of the program in the folder, where nobody sits at a terminal."""

    def run(*arguments: str, **extra: str) -> Ended:
        ours = ("SMOKE_", "DD_", "PYTEST_")
        environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        kept = {name: os.environ[name] for name in ("SMOKE_BROWSER_PATH",) if name in os.environ}
        state = {"SMOKE_STATE": str(tmp_path / "state"), "SMOKE_RUNNER_BAND": ANY_BAND}
        done = warm.smoke(*arguments, cwd=folder, environ={**environ, **kept, **state, **extra})
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def texts(folder: Path) -> dict[str, str]:
    """Everything that stands in a project, but for what runs leave."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".py", ".yaml", ".ini", ".example", ""} and "reports" not in path.parts
    }
