"""SQLite files that several processes write: opened anew for each call, brought up to date, whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

BUSY_S = 10.0
"""Seconds to wait for another writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """The file ``path``, made where it is missing, with the tables that ``migrations`` lead to.

    Nothing is held between calls: any thread may call, and once closed the file is whole without its neighbours.
    """

    path: Path
    migrations: tuple[str, ...]
    """What leads from each schema version to the next, statements parted by semicolons; only ever appended to."""
    raises: type[Exception]
    """Raised for whatever goes wrong, with file, reason and the way out."""
    elsewhere: str
    """What names another folder, such as ``--reports``."""
    lost: str
    """What is lost with the file, such as ``the past``."""
    busy_s: float = BUSY_S

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the open file."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=self.busy_s, isolation_level=None)) as db:
                db.row_factory = sqlite3.Row
                migrate(db, self.migrations)
                yield db
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self.raises(f"{self.path}: {error}; {self._way_out(str(error))}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the open file in a transaction: nobody else writes until it ends, whole or not at all."""
        with self.reading() as db, immediate(db):
            yield db

    def _way_out(self, text: str) -> str:
        if "not a database" in text or "malformed" in text:
            return f"move the file away: a new one is made, and only {self.lost} is lost"
        if "newer version" in text:
            return f"upgrade smoke, or keep the two apart with {self.elsewhere}"
        if "locked" in text:
            return f"another run has been writing for {self.busy_s:g} s: does it hang?"
        return f"its folder must be writable and have space; choose another one with {self.elsewhere}"


@dataclass(slots=True)
class SqliteMemory:
    """The same, in memory and for one process: gone when it is."""

    migrations: tuple[str, ...]
    _db: sqlite3.Connection = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        migrate(self._db, self.migrations)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the database to one thread at a time."""
        with self._lock:
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield it in a transaction."""
        with self._lock, immediate(self._db):
            yield self._db


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[None]:
    """Hold the one right to write for as long as the block lasts; an exception undoes what it did."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # SQLite has already rolled back when, say, the disk is full
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def is_database(path: Path) -> bool:
    """Tell whether ``path`` is a file of SQLite; raises OSError."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def migrate(db: sqlite3.Connection, migrations: tuple[str, ...]) -> None:
    """Bring the tables up to date; raises ValueError for a file of a later version."""
    if _version(db) == len(migrations):
        return
    with immediate(db):  # another process may have been faster: look again now that nobody else can write
        if _version(db) > len(migrations):
            raise ValueError("it was written by a newer version of smoke")
        for number, script in enumerate(migrations[_version(db) :], start=_version(db) + 1):
            for statement in script.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
