"""Forgets what is older than anybody asks for, a little at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from smoke.storage.store import Db, Store

AT_ONCE = 20
"""Runs of one transaction: others write meanwhile."""
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
    while time.monotonic() < end:
        with store.writing() as db:
            forgotten = _forget(db, before)
        runs += forgotten
        if forgotten < AT_ONCE:
            return Pruned(runs, finished=True)
    return Pruned(runs, finished=False)


def _forget(db: Db, before: float) -> int:
    query = "SELECT run_id FROM runs WHERE finished < ? ORDER BY finished LIMIT ?"
    old = [row[0] for row in db.execute(query, (before, AT_ONCE)).fetchall()]
    for table in TABLES:
        db.executemany(f"DELETE FROM {table} WHERE run_id = ?", [(run_id,) for run_id in old])  # noqa: S608 - ours
    return len(old)
