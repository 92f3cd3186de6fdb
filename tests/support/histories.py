"""Histories with runs in them, and processes that write to them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

from smoke.history.opening import history_file
from smoke.history.runs import History
from smoke.model import Outcome
from tests.support.run_builder import STARTED, a_result, a_run

FORK = multiprocessing.get_context("fork")
HALF_HOUR = 1800.0


def begin(history: History, run_id: str = "run-1", due: float = STARTED + 60) -> None:
    """Mark a run as begun."""
    place = {"suite": "shop", "environment": "production", "region": "eu-west-1"}
    history.begin(run_id, **place, execution_point="scheduled", started=STARTED, due=due)


def in_child(work: Callable[[], object]) -> int | None:
    """Do ``work`` in a process of its own and return its exit code, negative for a signal."""
    child = FORK.Process(target=work)
    child.start()
    child.join(60)
    return child.exitcode


def record(folder: Path, verdicts: str, newest: float, name: str = "run") -> None:
    """Keep a run of the default suite every half hour, a letter each (F: it failed), the last begun at ``newest``."""
    history = History(history_file(folder / "history.db"))
    for index, letter in enumerate(reversed(verdicts)):
        started = newest - index * HALF_HOUR
        verdict = Outcome.FAIL if letter == "F" else Outcome.PASS
        about = {"suite": "betterprompts", "region": "us-east-1", "run_id": f"{name}-{index}"}
        history.record(
            a_run(a_result(outcome=verdict), **about, verdict=verdict, started=started, finished=started + 9)
        )
