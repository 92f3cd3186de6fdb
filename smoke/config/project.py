"""What is wrong with a project as a whole: every suite, and what belongs to none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from smoke.config.alerts.alerting import alerting
from smoke.config.alerts.recipients import unreached
from smoke.config.alerts.references import ended, unknown_in_rules, unknown_in_schedules
from smoke.config.imports import broken_imports
from smoke.config.lint import lint
from smoke.config.load import load
from smoke.config.monitoring import monitoring, unknown_environments
from smoke.config.paths import NO_SUITE, POINTS, SUITES, below, suites
from smoke.config.problems import ConfigError, Problem
from smoke.config.schedules import schedule_document
from smoke.config.source import read
from smoke.config.suite import Suite
from smoke.known import known


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found in a project."""

    suites: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    """What works, and not as it once was meant to."""
    loaded: tuple[Suite, ...] = ()
    """What could be read of the suites."""


def examined(root: Path, today: date) -> Examined:
    """Read everything that people write for a project, and return all that is wrong with it."""
    names = suites(root)
    loaded: list[Suite] = []
    problems = [*_folders(root, names)]
    for name in names:
        try:
            loaded.append(load(root, name))
        except ConfigError as error:
            problems += error.problems
        problems += broken_imports(root, name)
    for suite in loaded:
        problems += _checks(root, suite)
    is_whole = bool(loaded) and len(loaded) == len(names)
    there = dict.fromkeys(name for suite in loaded for name in suite.about.environments)
    if is_whole:
        problems += _points(root, loaded[0], there)
        problems += _schedules(root, loaded)
    alerts, told = None, None
    try:
        alerts = alerting(root)
    except ConfigError as error:
        problems += error.problems
    try:
        told = monitoring(root)
        problems += unknown_environments(root, there) if is_whole else ()
    except ConfigError as error:
        problems += error.problems
    if alerts is not None and is_whole:
        problems += unknown_in_rules(root, alerts, loaded)
        problems += unreached(alerts, told, there) if told is not None else ()
    for path in sorted((root / "config").rglob("*.yaml")):
        problems += lint(path, root)
    warnings = tuple(warning for suite in loaded for warning in _expired(root, suite, today))
    warnings += tuple(ended(alerts, today)) if alerts is not None else ()
    return Examined(suites=names, problems=tuple({*problems}), warnings=warnings, loaded=tuple(loaded))


def _folders(root: Path, names: Sequence[str]) -> Iterator[Problem]:
    if not names:
        yield NO_SUITE
    for folder in sorted((root / SUITES).iterdir()):
        if folder.is_dir() and folder.name not in names and not folder.name.startswith("."):
            text = "has no suite.yaml, so it is no suite: add one, or remove the folder"
            yield Problem(f"{SUITES}/{folder.name}", 0, "", text)
    tests = sorted((root / "e2e").rglob("test_*.py"))
    for owner in dict.fromkeys(path.relative_to(root / "e2e").parts[0] for path in tests):
        if owner not in names:
            close = difflib.get_close_matches(owner, names, 1, 0.5)
            way_out = (
                f"did you mean e2e/{close[0]}?"
                if close
                else f"journeys are in e2e/SUITE; known suites: {', '.join(names) or 'none'}"
            )
            yield Problem(f"e2e/{owner}", 0, "", f"belongs to no suite, so its journeys never run; {way_out}")


def _checks(root: Path, suite: Suite) -> Iterator[Problem]:
    journeys = f"e2e/{suite.name}/test_….py"
    if not suite.checks:
        text = f"has no check: write probes into checks.yaml, or journeys into {journeys}"
        yield Problem(f"{SUITES}/{suite.name}", 0, "", text)
    for path in sorted((root / "e2e" / suite.name).rglob("*.py")):
        if not path.name.startswith("test_") and "\n@check(" in path.read_text(encoding="utf-8", errors="replace"):
            yield Problem(below(root, path), 0, "", "holds a check that would never run: name the file test_….py")


def _points(root: Path, suite: Suite, names: Iterable[str]) -> Iterator[Problem]:
    source = read(root / POINTS, root)
    for name, point in suite.points.items():
        if point.environment not in names:
            text = f"no suite has an environment {point.environment!r}; {known(point.environment, names)}"
            yield source.problem(("points", name, "environment"), text)


def _schedules(root: Path, loaded: Sequence[Suite]) -> Sequence[Problem]:
    """Return what is wrong with when which suite runs, whether or not a rule watches over it."""
    try:
        return tuple(unknown_in_schedules(schedule_document(root), loaded))
    except ConfigError as error:
        return error.problems


def _expired(root: Path, suite: Suite, today: date) -> Iterator[Problem]:
    for index, entry in enumerate(suite.noise):
        if today > entry.until:
            text = (
                f"ended on {entry.until} and accepts nothing any more: remove it, or have {entry.owner} set a new end"
            )
            yield read(root / SUITES / suite.name / "noise.yaml", root).problem(("noise", index), text)
