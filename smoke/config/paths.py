"""Where the files of a project stand."""

from __future__ import annotations

from pathlib import Path

from smoke.config.problems import ConfigError, Problem

SUITES = "config/suites"
POINTS = "config/execution-points.yaml"
RULES = "config/alert-rules.yaml"
SCHEDULE = "config/cron-schedule.yaml"
MONITORING = "config/monitoring-integration.yaml"
CODE = ("e2e", "page_objects")
NO_SUITE = Problem(SUITES, 0, "", "holds no suite; write the first one: NAME/suite.yaml with title and environments")


def suites(root: Path) -> tuple[str, ...]:
    """Names of the suites that the project holds."""
    return tuple(sorted(path.parent.name for path in (root / SUITES).glob("*/suite.yaml")))


def some_suites(root: Path) -> tuple[str, ...]:
    """Names of the suites that the project holds; raises ConfigError where it holds none."""
    if not (found := suites(root)):
        raise ConfigError([NO_SUITE])
    return found


def journeys_of(root: Path, suite: str) -> Path:
    """The folder that holds the journeys of ``suite``, if it has any."""
    return root / CODE[0] / suite


def python_files(root: Path, suite: str) -> tuple[Path, ...]:
    """Everything that the journeys of ``suite`` may consist of: its own Python, and what all suites share."""
    shared = [path for folder in CODE for path in (root / folder).glob("*.py")]
    own = [path for folder in CODE for path in (root / folder / suite).rglob("*.py")]
    return tuple(sorted([*shared, *own]))


def below(root: Path, path: Path) -> str:
    """Write ``path`` as it is told in problems."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
