"""Writes what drills showed: one JSON file a suite, and the page and table of all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError
from smoke.host.whole_file import write_whole
from smoke.proof import clean_writing
from smoke.proof.clean_writing import campaigns_in
from smoke.proof.matrix import Matrix
from smoke.proof.shown import page_of, table_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FOLDER = "proof"
PAGE = "index.html"


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
