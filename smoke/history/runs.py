"""What earlier runs saw, each written in one transaction.

A SQLite file is opened anew at every call: nothing is held between runs, any thread may call, and once it is closed the
file is whole without its ``-wal`` neighbour, so that a CI cache may carry it.
"""

from __future__ import annotations

import math
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from smoke.history import timetable
from smoke.history.opening import history_file
from smoke.history.rows import PastRun, insert_rows, rows_of, select_runs
from smoke.host.children import is_gone
from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.storage.store import Store, upsert

LATELY = 3
"""Runs that tell how long a check takes: one alone may have been slow by chance."""
DURATIONS = """
SELECT check_id, max(duration_ms) FROM checks
WHERE duration_ms BETWEEN 0 AND 1e15 AND run_id IN (
  SELECT run_id FROM runs WHERE suite = ? AND environment = ? AND started < ? ORDER BY started DESC LIMIT ?
) GROUP BY check_id
"""
BEGIN = upsert(
    "begun",
    ("run_id", "suite", "environment", "execution_point", "started", "due", "pid", "host"),
    key=("run_id",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run that began and has not said that it ended."""

    run_id: str
    suite: str
    environment: str
    execution_point: str
    started: float
    """Seconds since the epoch, as ``due``."""
    due: float
    """When it must have ended, with all that follows its verdict."""
    pid: int
    host: str


class History:
    """The runs in a store, or in a file, which is made where it is missing; every method raises HistoryError."""

    def __init__(self, where: Store | Path) -> None:
        self.store: Store = history_file(where) if isinstance(where, Path) else where
        with self.store.reading():
            pass

    def begin(
        self,
        run_id: str,
        *,
        suite: str,
        environment: str,
        execution_point: str,
        region: str,
        started: float,
        due: float,
        slot: float | None = None,
    ) -> None:
        """Note that this process starts a run, which must have ended at ``due``.

        A run of the schedule is heard of, and answers its ``slot``, unless another one did before. Times are seconds
        since the epoch.
        """
        row = (run_id, suite, environment, execution_point, started, due, os.getpid(), socket.gethostname())
        with self.store.writing() as db:
            db.execute(BEGIN, row)
            if slot is not None:
                timetable.beat(db, suite, environment, region, started)
                timetable.answer(db, suite, environment, region, slot, started)

    def finish(self, run_id: str) -> None:
        """Forget that ``run_id`` began: it ended, or its disappearance has been told."""
        with self.store.writing() as db:
            db.execute("DELETE FROM begun WHERE run_id = ?", (run_id,))

    def vanished(self, now: float) -> tuple[Begun, ...]:
        """Return the runs that began and never ended, the oldest first: the process is dead, or the run overdue.

        A process on another machine, or one whose number was given to another, is told by ``due`` alone.
        """
        with self.store.reading() as db:
            begun = [Begun(**row) for row in db.execute("SELECT * FROM begun ORDER BY started")]
        return tuple(run for run in begun if now > run.due or (run.host == socket.gethostname() and is_gone(run.pid)))

    def record(self, run: Run) -> None:
        """Keep ``run``, whole or not at all, and mark it finished; a run that is already kept stays as it is."""
        with self.store.writing() as db:
            db.execute("DELETE FROM begun WHERE run_id = ?", (run.run_id,))
            insert_rows(db, rows_of(run))

    def recent(self, suite: str, environment: str, limit: int) -> tuple[PastRun, ...]:
        """Return the latest ``limit`` runs of a suite in an environment, the newest first."""
        with self.store.reading() as db:
            return select_runs(db, "suite = ? AND environment = ?", (suite, environment), limit)

    def durations(self, suite: str, environment: str, until: float = math.inf) -> dict[str, float]:
        """Return how many milliseconds each check took, at most, in the latest runs that began before ``until``."""
        with self.store.reading() as db:
            return dict(db.execute(DURATIONS, (suite, environment, until, LATELY)))

    def verdict_before(self, run: Run) -> Outcome | None:
        """Return the verdict of the run before ``run`` in its place: suite, environment, region, execution point."""
        place = (run.suite, run.environment, run.region, run.execution_point, run.run_id)
        query = (
            "SELECT verdict FROM runs WHERE suite = ? AND environment = ? AND region = ? AND execution_point = ?"
            " AND run_id <> ? ORDER BY started DESC LIMIT 1"
        )
        with self.store.reading() as db:
            row = db.execute(query, place).fetchone()
        return Outcome(row["verdict"]) if row else None
