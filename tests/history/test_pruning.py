"""What is old is forgotten whole, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from smoke.history.carrying import ENDED_SINCE
from smoke.history.incidents import IncidentRow, Incidents
from smoke.history.opening import history_file
from smoke.history.outbox import Outbox, Parcel
from smoke.history.pruning import AT_ONCE, ENDED_BEFORE, TABLES, Pruned, prune
from smoke.history.runs import History
from smoke.history.timetable import Timetable, answer
from smoke.storage.store import Answer, Db, Store
from tests.support.run_builder import STARTED, a_typical_run


def keep(store: Store, count: int) -> None:
    history = History(store)
    for number in range(count):
        history.record(a_typical_run(run_id=f"run-{number}", finished=STARTED + number))


def counts(store: Store) -> list[int]:
    with store.reading() as db:
        return [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def test_old_runs_are_forgotten_with_all_they_saw(store: Store) -> None:
    """Those that ended before, in all tables; the younger ones are whole."""
    keep(store, AT_ONCE + 3)
    assert prune(store, STARTED + AT_ONCE + 1) == Pruned(AT_ONCE + 1, finished=True)
    assert counts(store) == [26, 4, 4, 2]
    assert [run.run_id for run in History(store).recent("shop", "production", 9)] == ["run-22", "run-21"]
    assert prune(store, STARTED + AT_ONCE + 1) == Pruned(0, finished=True)


@pytest.mark.parametrize("query", [ENDED_BEFORE, ENDED_SINCE], ids=["before", "since"])
def test_runs_of_a_time_are_found_without_looking_through_the_others(tmp_path: Path, query: str) -> None:
    """Each run forgets what is old, and there may be those of many suites and years."""
    with history_file(tmp_path / "history.db").reading() as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {query}", (STARTED,)).fetchall()
    assert "SEARCH runs USING COVERING INDEX runs_by_age" in plan[0]["detail"]


def test_pruning_takes_the_time_it_is_given(store: Store) -> None:
    """A run ends in time, however much there is to forget: the next one goes on where it stopped."""
    keep(store, 3)
    assert prune(store, STARTED + 9, seconds=0) == Pruned(0, finished=False)
    assert counts(store) == [39, 6, 6, 3]
    assert prune(store, STARTED + 9, seconds=60) == Pruned(3, finished=True)


def test_others_write_while_old_runs_are_looked_for(store: Store) -> None:
    """Of many runs that takes long: while nobody else may write, there is only deleting."""
    keep(store, 3)
    asked: list[str] = []

    class Listening:
        def reading(self) -> AbstractContextManager[Db]:
            return store.reading()

        @contextmanager
        def writing(self) -> Iterator[Db]:
            with store.writing() as db:
                yield Heard(db)

    class Heard:
        def __init__(self, db: Db) -> None:
            self.db = db

        def execute(self, sql: str, values: Sequence[Any] = (), /) -> Answer:
            asked.append(sql)
            return self.db.execute(sql, values)

        def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
            asked.append(sql)
            self.db.executemany(sql, rows)

    assert prune(Listening(), STARTED + 9) == Pruned(3, finished=True)
    assert {sql.split()[0] for sql in asked} == {"DELETE"}


def test_what_is_not_over_is_never_forgotten(store: Store) -> None:
    """An open incident, and a message that waits, are as old as they are."""
    incidents, outbox, schedule = Incidents(store), Outbox(store), Timetable(store)
    told = {"suite": "shop", "environment": "production", "rule": "down", "opened": STARTED, "body": "{}"}
    incidents.save(IncidentRow(incident_id="open", closed=None, **told))
    incidents.save(IncidentRow(incident_id="closed", closed=STARTED + 1, **told))
    for key in ("waits", "sent"):
        outbox.put(Parcel(key=key, to="slack", kind="opened", body="", created=STARTED))
    outbox.sent("sent", STARTED + 1)
    with store.writing() as db:
        answer(db, "shop", "production", "eu", STARTED, STARTED + 1)
    assert len(schedule.slots("shop", "production", 0, STARTED + 99)) == 1
    prune(store, STARTED + 9)
    assert [each.incident_id for each in incidents.between(0, STARTED + 99)] == ["open"]
    assert [parcel.key for parcel in outbox.waiting("slack")] == ["waits"]
    assert schedule.slots("shop", "production", 0, STARTED + 99) == ()
    assert outbox.put(Parcel(key="sent", to="slack", kind="opened", body="", created=STARTED)) == 1
