"""Writes what drills showed: one JSON file a suite, and from all of them a page and a table for a README."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError, Problem
from smoke.host.whole_file import write_whole
from smoke.proof import clean_writing
from smoke.proof.campaign import Campaign
from smoke.proof.clean_writing import campaigns_in, when
from smoke.proof.matrix import Case, Matrix, Result
from smoke.proof.parts import Part, Wanted

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FOLDER = "proof"
PARTS = "parts"
PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class Look:
    """How a result is shown."""

    sign: str
    style: str


LOOKS = {
    Result.SURVIVED: Look("✕", "bad"),
    Result.WRONG_BLAME: Look("◐", "odd"),
    Result.COLLATERAL: Look("◌", "odd"),
    Result.UNPROVED: Look("?", "odd"),
    Result.UNCONFIRMED: Look("○", "good"),
    Result.CAUGHT: Look("●", "good"),
}
"""The worst first: it is what a cell of several cases shows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """All faults of one kind at one check."""

    cases: tuple[Case, ...]

    @property
    def look(self) -> Look:
        """How its worst case is shown."""
        results = {case.result for case in self.cases}
        return next(look for result, look in LOOKS.items() if result in results)

    @property
    def count(self) -> int:
        """How many cases it stands for."""
        return len(self.cases)

    @property
    def told(self) -> str:
        """Each case in a line."""
        return "\n".join(
            f"{case.fault}: {case.result}, {case.outcome} {case.blame or ''}".strip() for case in self.cases
        )


class Shown:
    """A matrix, as the page lays it out."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self.rows = tuple(dict.fromkeys([*(case.check_id for case in matrix.cases), *matrix.checks]))
        """Checks: those that something was tried at, and then the others."""
        self.kinds = tuple(dict.fromkeys(case.kind for case in matrix.cases))
        self.rate = rate_told(matrix)
        self.amiss = {each: count for each in LOOKS if each is not Result.CAUGHT and (count := matrix.count(each))}
        self.when = when(matrix.finished)

    @property
    def told_of_bad(self) -> Mapping[tuple[Result, str, str], list[str]]:
        """The faults that show a defect, by result, check and what was said of them."""
        found: dict[tuple[Result, str, str], list[str]] = {}
        for case in self._matrix.bad:
            found.setdefault((case.result, case.check_id, _said(case)), []).append(case.fault)
        return found

    def __getattr__(self, name: str) -> object:
        return getattr(self._matrix, name)

    def at(self, check: str, kind: str) -> Cell | None:
        """Return what was tried of a kind of fault at a check, None if nothing was."""
        found = tuple(case for case in self._matrix.cases if case.check_id == check and case.kind == kind)
        return Cell(found) if found else None


def _said(case: Case) -> str:
    rule = f"{case.outcome} {case.blame or ''}, {case.rule}" if case.rule else ""
    others = f" (also red: {', '.join(case.collateral)})" if case.collateral else ""
    return (case.trouble or rule) + others


def rate_told(matrix: Matrix) -> str:
    """Say which share of the faults was caught, and of how many where not all were tried."""
    if matrix.detection_rate is None:
        return "nothing was tried"
    of = "" if matrix.tried == len(matrix.cases) else f" of the {matrix.tried} that were tried"
    return f"{100 * matrix.detection_rate:.4g} %{of}"


def proof_folder(reports: Path) -> Path:
    """Return the folder of proofs below ``reports``, made where it is missing; raises ConfigError if it cannot be."""
    folder = reports / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError.of_option("--reports", f"{folder}: {error.strerror}") from error
    return folder


def write(matrices: Sequence[Matrix], reports: Path) -> Path:
    """Write the drills, and the page of all drills and campaigns in ``reports``; return the page."""
    folder = proof_folder(reports)
    for matrix in matrices:
        write_whole(folder / f"{matrix.suite}.json", _format().dump_json(matrix, indent=1))
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}
    every = [*filter(None, found.values())]
    left_out = [suite for suite, matrix in found.items() if matrix is None]
    campaigns = campaigns_in(folder)
    tables = [*filter(None, (table_of(every) if every else "", clean_writing.table_of(campaigns)))]
    write_whole(folder / "matrix.md", "\n".join(tables).encode())
    return write_whole(folder / PAGE, page_of(every, campaigns, left_out).encode())


def part_of(suite: str, wanted: Wanted, reports: Path) -> Path:
    """Return where a part of the drill of ``suite`` is written, so that it can be joined with the others."""
    return proof_folder(reports) / PARTS / f"{suite}.{wanted.shard.index}-of-{wanted.shard.count}.json"


def write_part(part: Part, path: Path) -> None:
    """Write one part of a drill."""
    path.parent.mkdir(exist_ok=True)
    write_whole(path, _part_format().dump_json(part))


def read_parts(folders: Iterable[Path]) -> Mapping[str, tuple[Part, ...]]:
    """Return the parts of drills that are anywhere below ``folders``, by suite.

    Raises ConfigError for a folder that holds none, and for a part that cannot be read.
    """
    found: dict[str, tuple[Part, ...]] = {}
    problems: list[Problem] = []
    for folder in folders:
        paths = sorted(folder.rglob("*.*-of-*.json"))
        if not paths:
            text = f"{folder} holds no part of a drill; name what --shard left"
            problems.append(Problem.of_option("--merge", text))
        for path in paths:
            try:
                part = _part_format().validate_json(path.read_bytes())
            except ValueError:
                text = f"{path} is no part of a drill, or one of another version; remove it, or make it again"
                problems.append(Problem.of_option("--merge", text))
                continue
            found[part.matrix.suite] = (*found.get(part.matrix.suite, ()), part)
    if problems:
        raise ConfigError(problems)
    return found


@cache
def _part_format() -> TypeAdapter[Part]:
    from pydantic import TypeAdapter

    return TypeAdapter(Part)


def to_json(matrix: Matrix) -> str:
    """Return a drill as one line of JSON."""
    return _format().dump_json(matrix).decode()


def last_proof(suite: str, reports: Path) -> Matrix | None:
    """Return the last drill of ``suite``, None where there is none, or none that can be read."""
    path = reports / FOLDER / f"{suite}.json"
    return _read(path) if path.exists() else None


def _read(path: Path) -> Matrix | None:
    """Read a drill; None where another version, or somebody else, wrote the file."""
    with contextlib.suppress(ValueError):
        return read(path)
    return None


def read(path: Path) -> Matrix:
    """Read a drill that was written."""
    return _format().validate_json(path.read_bytes())


@cache
def _format() -> TypeAdapter[Matrix]:
    from pydantic import TypeAdapter

    return TypeAdapter(Matrix)


def page_of(matrices: Sequence[Matrix], campaigns: Sequence[Campaign] = (), left_out: Sequence[str] = ()) -> str:
    """Return the page, whole in itself; ``left_out`` are suites whose drills cannot be read."""
    from jinja2 import Environment, FileSystemLoader

    template = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template("matrix.html")
    shown = [Shown(matrix) for matrix in matrices]
    return template.render(
        matrices=shown, campaigns=campaigns, rate_told=clean_writing.rate_told, when=when, left_out=left_out
    )


def table_of(matrices: Sequence[Matrix]) -> str:
    """Return the figures of each suite as a Markdown table."""
    lines = [
        f"| suite | faults | {' | '.join(Result)} | detection | requests | time |",
        f"|{'---|' * (5 + len(Result))}",
    ]
    for matrix in matrices:
        told = [
            matrix.suite,
            len(matrix.cases),
            *map(matrix.count, Result),
            rate_told(matrix),
            matrix.asked,
            f"{matrix.duration_s:.0f} s",
        ]
        lines.append(f"| {' | '.join(map(str, told))} |")
    return "\n".join(lines) + "\n"
