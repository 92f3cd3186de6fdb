"""Where the files of a project stand."""

from __future__ import annotations

from pathlib import Path

SUITES = "config/suites"
POINTS = "config/execution-points.yaml"
CODE = ("e2e", "page_objects")


def suites(root: Path) -> tuple[str, ...]:
    """Names of the suites that the project holds."""
    return tuple(sorted(path.parent.name for path in (root / SUITES).glob("*/suite.yaml")))


def python_files(root: Path, suite: str) -> tuple[Path, ...]:
    """Everything that the journeys of ``suite`` may consist of: its own Python, and what all suites share."""
    shared = [path for folder in CODE for path in (root / folder).glob("*.py")]
    own = [path for folder in CODE for path in (root / folder / suite).rglob("*.py")]
    return tuple(sorted([*shared, *own]))


def below(root: Path, path: Path) -> str:
    """Write ``path`` as it is told in problems."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
