"""Carries runs and incidents between histories: out as lines, in from lines or another file.

A run that is there stays as it is. An incident stays, too, unless it was closed elsewhere; without them, the next
machine would open each anew, and nobody would ever be told that it is over. Lines also carry what is still to be
delivered; of another file it stays there, for its machine goes on delivering.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smoke.history.errors import HistoryError
from smoke.history.incidents import IncidentRow, Incidents, take
from smoke.history.lines import (
    LineError,
    from_incident_line,
    from_line,
    is_of_incident,
    to_incident_line,
    to_line,
)
from smoke.history.opening import history_file
from smoke.history.parcels import Carried, carried, from_parcel_line, is_of_delivery, to_parcel_line
from smoke.history.parcels import take as take_parcel
from smoke.history.rows import RunRows, insert_rows, select_rows
from smoke.storage.store import Store

EVER = float("inf")
ENDED_SINCE = "SELECT run_id, finished FROM runs WHERE finished >= ? ORDER BY finished, run_id"
AT_ONCE = 100
"""Runs of one transaction: others write meanwhile."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was refused."""

    number: int
    """From 1."""
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the runs that were given."""

    new: int
    known: int
    """Runs that were there before."""
    bad: tuple[BadLine, ...] = ()
    incidents: int = 0
    """Incidents that were unknown, or open here and closed there."""
    deliveries: int = 0
    """Parcels that were unknown, or waited here and ended there."""


def exported(store: Store, since: float = 0.0) -> Iterator[str]:
    """Yield the runs that ended at ``since`` or later as lines, the oldest first; raises HistoryError.

    Then what :func:`exported_rest` does.
    """
    yield from exported_runs(store, runs_since(store, since))
    yield from exported_rest(store, since)


def exported_runs(store: Store, ids: Iterable[str]) -> Iterator[str]:
    """Yield these runs as lines, in this order; raises HistoryError."""
    for rows in _runs(store, ids):
        try:
            yield to_line(rows)
        except LineError as error:
            raise HistoryError(f"run {rows.run_id} is damaged: {error}") from None


def exported_rest(store: Store, since: float = 0.0) -> Iterator[str]:
    """Yield the incidents that were open at ``since`` or later, and what is to be delivered; raises HistoryError."""
    yield from map(to_incident_line, Incidents(store).between(since, EVER))
    with store.reading() as db:
        parcels = carried(db)
    yield from map(to_parcel_line, parcels)


def runs_since(store: Store, since: float) -> dict[str, float]:
    """Return when the runs ended that ended at ``since`` or later, by their ids, the oldest first."""
    with store.reading() as db:
        return {row["run_id"]: row["finished"] for row in db.execute(ENDED_SINCE, (since,))}


def imported(store: Store, lines: Iterable[str | bytes]) -> Imported:
    """Keep the runs, incidents and parcels of ``lines`` that are not there; raises HistoryError.

    A line that is none of these is refused, and all others are kept. Empty lines are passed over.
    """
    bad: list[BadLine] = []
    incidents: list[IncidentRow] = []
    parcels: list[Carried] = []

    def good() -> Iterator[RunRows]:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    if is_of_incident(line):
                        incidents.append(from_incident_line(line))
                    elif is_of_delivery(line):
                        parcels.append(from_parcel_line(line))
                    else:
                        yield from_line(line)
                except LineError as error:
                    bad.append(BadLine(number, str(error)))

    new, known = _kept(store, good())
    taken = _taken(store, incidents)
    with store.writing() as db:
        delivered = sum(take_parcel(db, parcel) for parcel in parcels)
    return Imported(new, known, tuple(bad), taken, delivered)


def merged(store: Store, other: Store) -> Imported:
    """Keep the runs and incidents of ``other`` that are not in ``store``; raises HistoryError."""
    new, known = _kept(store, _runs(other, runs_since(other, 0.0)))
    return Imported(new, known, incidents=_taken(store, Incidents(other).between(0.0, EVER)))


def merged_file(store: Store, path: Path) -> Imported:
    """Do so with the file of another history, which stays as it is, of whichever version; raises also OSError."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        return merged(store, history_file(copy))


def _kept(store: Store, runs: Iterable[RunRows]) -> tuple[int, int]:
    new = known = 0
    runs = iter(runs)
    while some := tuple(itertools.islice(runs, AT_ONCE)):
        with store.writing() as db:
            inserted = sum(insert_rows(db, rows) for rows in some)
        new, known = new + inserted, known + len(some) - inserted
    return new, known


def _taken(store: Store, incidents: Iterable[IncidentRow]) -> int:
    with store.writing() as db:
        return sum(take(db, incident) for incident in incidents)


def _runs(store: Store, ids: Iterable[str]) -> Iterator[RunRows]:
    ids = tuple(ids)
    for some in (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)):
        with store.reading() as db:
            found = [select_rows(db, run_id) for run_id in some]
        yield from (rows for rows in found if rows is not None)
