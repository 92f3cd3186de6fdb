"""Forgets what is older than anybody asks for, a little at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from smoke.storage.store import Store

AT_ONCE = 20
"""Runs of one transaction: others write meanwhile."""
ENDED_BEFORE = "SELECT run_id FROM runs WHERE finished < ? ORDER BY finished"
TABLES = ("measurements", "attempts", "checks", "runs")


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten."""

    runs: int
    finished: bool
    """False: the time was over before all was done; the next call goes on."""


def prune(store: Store, before: float, *, seconds: float = float("inf")) -> Pruned:
    """Forget what ended before ``before`` (seconds since the epoch), for about ``seconds``; raises HistoryError.

    That is runs, incidents that are closed, deliveries that are over, and slots. What was deployed stays.
    """
    end, runs = time.monotonic() + seconds, 0
    with store.writing() as db:
        db.execute("DELETE FROM incidents WHERE closed < ?", (before,))
        db.execute("DELETE FROM deliveries WHERE state <> 'waiting' AND changed < ?", (before,))
        db.execute("DELETE FROM slots WHERE slot < ?", (before,))
    with store.reading() as db:  # there may be many, and nobody could write meanwhile
        old = db.execute(ENDED_BEFORE, (before,)).fetchall()
    while runs < len(old) and time.monotonic() < end:
        some = [(row[0],) for row in old[runs : runs + AT_ONCE]]
        with store.writing() as db:
            for table in TABLES:
                db.executemany(f"DELETE FROM {table} WHERE run_id = ?", some)  # noqa: S608 - our own names
        runs += len(some)
    return Pruned(runs, finished=runs == len(old))
