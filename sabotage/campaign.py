"""Plays sabotages and judges how each run ended."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sabotage import machine, network, processes, project
from sabotage.case import CASES, Case
from sabotage.ended import Ended
from sabotage.ground import NotPossibleError, ground

THEMES = (machine, network, project, processes)
"""Importing these registers what they hold."""
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Tried:
    """A sabotage that was tried, or could not be."""

    case: Case
    ended: Ended | None
    """None: it could not be done here."""
    wrong: tuple[str, ...]
    """Why the run did not fail closed, or why the sabotage could not be done here."""

    @property
    def word(self) -> str:
        """Say in a word what became of it."""
        if self.ended is None:
            return "not tried"
        return "not ok" if self.wrong else "ok"


def chosen(names: Sequence[str]) -> list[Case]:
    """Return the sabotages whose name begins with one of ``names``; all of them if there is none."""
    return [case for name, case in CASES.items() if not names or name.startswith(tuple(names))]


def campaign(cases: Sequence[Case]) -> Iterator[Tried]:
    """Try ``cases``, and yield each as it ends."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(attempt, case) for case in cases]):
            yield future.result()


def attempt(case: Case) -> Tried:
    """Try one sabotage in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="sabotage-", ignore_cleanup_errors=True) as folder:
        try:
            with ground(Path(folder)) as place:
                ended = case.attempt(place)
        except (NotPossibleError, TimeoutError) as error:  # or the moment never came
            return Tried(case, None, (str(error),))
    return Tried(case, ended, case.wrong(ended))
