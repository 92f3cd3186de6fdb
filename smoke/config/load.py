"""Reads everything that ``config/`` says about one suite, and reports every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from smoke.config.journeys import journeys
from smoke.config.probe import ChecksFile, Probe, permit
from smoke.config.problems import ConfigError, Problem
from smoke.config.references import problems_between
from smoke.config.schema import (
    ExecutionPointsFile,
    NoiseFile,
    SuiteFile,
)
from smoke.config.source import Source, parse, read
from smoke.config.suite import Suite
from smoke.model import Check, CheckKind

T = TypeVar("T")


def suites(root: Path) -> tuple[str, ...]:
    """Names of the suites that the project holds."""
    return tuple(sorted(path.parent.name for path in (root / "config" / "suites").glob("*/suite.yaml")))


def load(root: Path, name: str) -> Suite:
    """Read suite ``name``; raises ConfigError with the problems of all its files together."""
    if name not in suites(root):
        known = ", ".join(suites(root)) or "none"
        raise ConfigError([Problem("command line", 0, "--suite", f"unknown suite {name!r}; known: {known}")])
    folder = root / "config" / "suites" / name
    problems: list[Problem] = []

    def collected(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except ConfigError as error:
            problems.extend(error.problems)
            return None

    files = [root / "config" / "execution-points.yaml", *(folder / f"{part}.yaml" for part in PARTS)]
    sources = [collected(lambda path=path: read(path, root)) for path in files]  # type: ignore[misc]
    shapes = (ExecutionPointsFile, *PARTS.values())
    parsed = [
        source and collected(lambda source=source, shape=shape: parse(source, shape))  # type: ignore[misc]
        for source, shape in zip(sources, shapes, strict=True)
    ]
    written = collected(lambda: journeys(root, name))
    if problems:
        raise ConfigError(problems)
    points, about, probes, noise = parsed
    assert isinstance(points, ExecutionPointsFile)
    assert isinstance(about, SuiteFile)
    assert isinstance(probes, ChecksFile)
    assert isinstance(noise, NoiseFile)
    suite = Suite(
        name=name,
        about=about,
        probes=probes.probes,
        noise=noise.noise,
        checks=(*(written or ()), *(_check(probe, sources[2]) for probe in enumerate(probes.probes))),
        points=points.points,
        releases=points.releases,
        sha256=_digest(files),
    )
    if found := [*problems_between(suite, points_source=sources[0], checks_source=sources[2])]:
        raise ConfigError(found)
    return suite


PARTS: dict[str, type] = {"suite": SuiteFile, "checks": ChecksFile, "noise": NoiseFile}


def _check(numbered: tuple[int, Probe], source: Source | None) -> Check:
    index, probe = numbered
    assert source is not None
    return Check(
        id=probe.id,
        title=probe.title,
        category=probe.category,
        kind=CheckKind.PROBE,
        critical=probe.critical,
        scope=probe.scope,
        source=f"{source.file}:{source.lines[('probes', index)]}",
        contracts=probe.contracts,
        permits=tuple(permit(text) for text in probe.permits),
        account=probe.account,
    )


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
