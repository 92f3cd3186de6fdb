"""Reads everything that ``config/`` says about one suite, and reports every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from smoke.config.folders import unread_files, unused_pages
from smoke.config.journeys import journeys
from smoke.config.measured import measured
from smoke.config.noise import NoiseFile
from smoke.config.paths import POINTS, SUITES, below, python_files, suites
from smoke.config.points import ExecutionPointsFile
from smoke.config.probe import ChecksFile, Probe
from smoke.config.problems import ConfigError, Problem
from smoke.config.references import Files, problems_between
from smoke.config.source import Source, parse, read
from smoke.config.suite import Suite
from smoke.config.suite_file import SuiteFile
from smoke.config.swallowed import swallowed
from smoke.known import unknown
from smoke.model import Check, CheckKind
from smoke.safety import Permit

T = TypeVar("T")
NO_PROBES = ChecksFile(probes=())
NO_NOISE = NoiseFile()


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """One file, validated."""

    source: Source
    content: T


def document(path: Path, root: Path, shape: type[T], absent: T | None = None) -> Document[T]:
    """Read and validate one file; a file that need not be there counts as ``absent``. Raises ConfigError."""
    if absent is not None and not path.exists():
        return Document(Source(below(root, path), None, {}), absent)
    source = read(path, root)
    return Document(source, parse(source, shape))


def load(root: Path, name: str) -> Suite:
    """Read suite ``name``; raises ConfigError with the problems of all its files together."""
    if name not in suites(root):
        raise ConfigError.of_option("--suite", unknown("suite", name, suites(root)))
    folder = root / SUITES / name
    problems: list[Problem] = [*unread_files(root, name), *swallowed(root, name)]

    def collected(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except ConfigError as error:
            problems.extend(error.problems)
            return None

    points = collected(lambda: _points(root))
    about = collected(lambda: document(folder / "suite.yaml", root, SuiteFile))
    probes = collected(lambda: document(folder / "checks.yaml", root, ChecksFile, NO_PROBES))
    noise = collected(lambda: document(folder / "noise.yaml", root, NoiseFile, NO_NOISE))
    written = collected(lambda: journeys(root, name))
    if problems or points is None or about is None or probes is None or noise is None or written is None:
        raise ConfigError(problems)
    suite = Suite(
        name=name,
        about=about.content,
        probes=probes.content.probes,
        noise=noise.content.noise,
        checks=(*written, *(_check(probe, probes.source) for probe in enumerate(probes.content.probes))),
        points=points.content.points,
        releases=points.content.releases,
        sha256=_digest(root, [root / POINTS, *sorted(folder.glob("*.yaml")), *python_files(root, name)]),
    )
    files = Files(points=points.source, about=about.source, checks=probes.source, noise=noise.source)
    if found := [*problems_between(suite, files, measured(root, name)), *unused_pages(root, name, suite.checks)]:
        raise ConfigError(found)
    return suite


def _points(root: Path) -> Document[ExecutionPointsFile]:
    if not (root / POINTS).exists():
        text = (
            "is missing, so nobody knows when to run what: copy the one of the harness (see docs/new-suite.md, step 0)"
        )
        raise ConfigError([Problem(POINTS, 0, "", text)])
    return document(root / POINTS, root, ExecutionPointsFile)


def _check(numbered: tuple[int, Probe], source: Source) -> Check:
    index, probe = numbered
    return Check(
        id=probe.id,
        title=probe.title,
        category=probe.category,
        kind=CheckKind.PROBE,
        critical=probe.critical,
        scope=probe.scope,
        source=f"{source.file}:{source.lines[('probes', index)]}",
        contracts=probe.contracts,
        permits=tuple(Permit.parse(text) for text in probe.permits),
        repeatable=probe.repeatable,
        account=probe.account,
        proves=probe.proves,
    )


def _digest(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{below(root, path)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
