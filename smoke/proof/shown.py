"""Shows what drills showed: a page of all suites, and a table for a README. Pure but for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from smoke.proof import clean_writing
from smoke.proof.campaign import Campaign
from smoke.proof.clean_writing import when
from smoke.proof.matrix import Case, Matrix, Result


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
