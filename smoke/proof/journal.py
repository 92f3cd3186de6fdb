"""Keeps what a drill has shown so far, one case a line, so that one that was interrupted can be resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.model import Blame
from smoke.proof.matrix import Case
from smoke.settings import Settings

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Key = tuple[str, str]
"""Check and fault."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The cases of one drill that are done."""

    path: Path
    cases: dict[Key, Case] = field(default_factory=dict)

    def keep(self, case: Case) -> None:
        """Add a case; one that could not be tried, or was broken off, is not kept, and so tried again."""
        if case.trouble is None and (case.unconfirmed or case.blame is not Blame.HARNESS):
            self.cases[case.key] = case
            with self.path.open("ab") as file:
                file.write(_format().dump_json(case) + b"\n")


Opens = Callable[[Settings, str], Journal]
"""From the settings, and what the drill is of, to the journal to go on with."""


def path_of(settings: Settings) -> Path:
    """Return where the journal of a suite's drill is kept."""
    return settings.reports / "proof" / f"{settings.suite}.cases.jsonl"


def anew(settings: Settings, of: str) -> Journal:
    """Begin a journal of a drill of ``of``, whatever was kept before."""
    path = path_of(settings)
    path.write_text(json.dumps({"of": of}) + "\n", encoding="utf-8")
    return Journal(path)


def resumed(settings: Settings, of: str) -> Journal:
    """Go on with what was kept, if it is of the same."""
    kept = tuple(_kept(path_of(settings), of))
    journal = anew(settings, of)  # without a last line that was cut off
    for case in kept:
        journal.keep(case)
    return journal


def _kept(path: Path, of: str) -> Iterator[Case]:
    try:
        head, *lines = path.read_bytes().splitlines()
        if json.loads(head) != {"of": of}:
            return
    except (FileNotFoundError, ValueError):
        return
    for line in lines:
        try:
            yield _format().validate_json(line)
        except ValueError:
            continue


@cache
def _format() -> TypeAdapter[Case]:
    from pydantic import TypeAdapter

    return TypeAdapter(Case)
