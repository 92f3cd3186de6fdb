"""Keeps the parts of drills that are run apart, a JSON file each, until they are joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError, Problem
from smoke.host.whole_file import write_whole
from smoke.proof.parts import Part, Wanted
from smoke.proof.writing import proof_folder

if TYPE_CHECKING:
    from pydantic import TypeAdapter

PARTS = "parts"


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
