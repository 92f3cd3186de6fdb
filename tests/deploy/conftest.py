"""The function as its image has it, and an application for it to watch."""

from __future__ import annotations

import importlib
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from smoke.demo.process import DemoProcess, start
from tests.support.lambda_api import Warm, warm_sandbox

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "lambda" / "Dockerfile"

needs_client = pytest.mark.skipif(
    sys.platform != "linux", reason="awslambdaric, Lambda's runtime interface client, is built for Linux alone"
)


def copies() -> Iterator[tuple[str, str]]:
    """Yield what the image is made of: source in this project, and place in the image."""
    for line in DOCKERFILE.read_text().splitlines():
        if line.startswith("COPY "):
            *sources, place = shlex.split(line)[1:]
            yield from ((source, place) for source in sources)


@pytest.fixture(scope="package")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /var/task of the image: links to what the Dockerfile copies, and to nothing else."""
    folder = tmp_path_factory.mktemp("task")
    for source, place in copies():
        for found in ROOT.glob(source.rstrip("/")):
            is_all_of_it = found.is_dir() and place.endswith("/")
            target = folder / place if is_all_of_it else folder / place / found.name
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(os.path.normpath(target)).symlink_to(found)
    return folder


@pytest.fixture(scope="package")
def demo() -> Iterator[DemoProcess]:
    """One embedded application for all these tests; each sets the breaks that it wants."""
    with start() as process:
        yield process


@pytest.fixture
def environ(demo: DemoProcess) -> dict[str, str]:
    """The environment of a function that watches that application."""
    demo.set_breaks()
    return {**demo.environ, "SMOKE_RUNNER_BAND": "1000"}


@pytest.fixture
def sandbox(task: Path, tmp_path: Path, environ: dict[str, str]) -> Iterator[Callable[..., Warm]]:
    """Start a sandbox with more variables."""
    with ExitStack() as stack:

        def begun(within: tuple[str, ...] = (), task: Path = task, **more: str) -> Warm:
            return stack.enter_context(warm_sandbox(task, tmp_path, {**environ, **more}, within=within))

        yield begun


@pytest.fixture(scope="package")
def warm(task: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A sandbox that watches nothing."""
    with warm_sandbox(task, tmp_path_factory.mktemp("warm"), {}) as begun:
        yield begun


def _module(name: str) -> object:
    @pytest.fixture
    def module(task: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        monkeypatch.syspath_prepend(str(task))
        return importlib.import_module(name)

    return module


child, handler, order = _module("child"), _module("handler"), _module("order")
"""Modules of the function."""


def files_below(folder: Path) -> list[Path]:
    """All files below ``folder``, as they were at one moment."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
