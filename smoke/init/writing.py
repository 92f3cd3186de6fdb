"""Puts files into a project, and never over others unless told to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smoke.config.load import document
from smoke.config.paths import CODE, POINTS, SUITES, below
from smoke.config.points import ExecutionPointsFile
from smoke.config.problems import ConfigError, Problem
from smoke.init.files import PYTEST, File
from smoke.init.wanted import ENVIRONMENT

TELLS_PYTEST = {"pyproject.toml": "[tool.pytest", "setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]"}
"""Other files with settings of pytest, which its own would hide, and how these begin."""


@dataclass(frozen=True, slots=True)
class Home:
    """The project that a suite is written into."""

    root: Path
    point: str
    """Execution point at which it is run first."""
    environment: str
    """What that point calls the deployment."""


def home_in(root: Path) -> Home:
    """Return the project in ``root``, or the one that will be there; raises ConfigError."""
    if not (root / POINTS).exists():
        return Home(root, ENVIRONMENT, ENVIRONMENT)
    points = document(root / POINTS, root, ExecutionPointsFile).content.points
    name = "local" if "local" in points else next(iter(points))
    return Home(root, name, points[name].environment)


def check_free(root: Path, suite: str) -> None:
    """Raise ConfigError with every file that ``suite`` has already."""
    text = "is there already: --overwrite replaces what it finds, and another --name leaves it alone"
    folders = [root / SUITES / suite, *(root / each / suite for each in CODE)]
    taken = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    if problems := [Problem(below(root, path), 0, "", text) for path in taken if path.suffix != ".pyc"]:
        raise ConfigError(problems)


def missing(root: Path, files: Iterable[File]) -> Iterator[File]:
    """Yield those of ``files`` that ``root`` lacks; settings of pytest may stand in another file of it."""
    for file in files:
        elsewhere = file.path == PYTEST and any(_holds(root / name, words) for name, words in TELLS_PYTEST.items())
        if not elsewhere and not (root / file.path).exists():
            yield file


def _holds(path: Path, words: str) -> bool:
    return path.is_file() and words in path.read_text(encoding="utf-8", errors="replace")


def write(root: Path, files: Iterable[File]) -> None:
    """Write all of ``files`` below ``root``."""
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
