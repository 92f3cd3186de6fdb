"""PostgreSQL, for several machines: the same statements and tables as in SQLite, in a schema of their own."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from smoke.secrets.secret import Scrubber, Secret
from smoke.storage.store import Answer
from smoke.storage.url import secrets_in, shown

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

IDLE_S = 10.0
"""How long a connection is kept for the next call: longer, and something on the way may have cut it silently."""
CONNECT: dict[str, Any] = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "application_name": "smoke"}
SESSION = """
SET client_min_messages TO warning; SET statement_timeout TO '60s'; SET lock_timeout TO '10s';
SET idle_in_transaction_session_timeout TO '60s'; SET search_path TO smoke
"""
SPELLINGS = (
    (" WITHOUT ROWID", ""),
    ("REAL", "DOUBLE PRECISION"),
    ("lower(hex(randomblob(16)))", "replace(gen_random_uuid()::text, '-', '')"),
    ("rowid", "ctid"),
)
"""What SQLite's tables are called in PostgreSQL's words."""
MISSING = "PostgreSQL needs psycopg, which is not installed: pip install 'smoke-harness[postgres]'"


class Postgres:
    """The tables of ``part`` in the database at ``url``, made where they are missing.

    Raises ``raises`` for whatever goes wrong: one sentence that names the database, never its password. Any thread may
    call; a connection is kept from one call to the next for a few seconds, since to make one takes many round trips.
    """

    def __init__(self, url: Secret, *, part: str, migrations: tuple[str, ...], raises: type[Exception]) -> None:
        self.url = url
        self._part = part
        self._migrations = migrations
        self._raises = raises
        self._lock = threading.Lock()
        self._line = _Line()
        weakref.finalize(self, self._line.close)

    @contextmanager
    def reading(self) -> Iterator[PostgresDb]:
        """Yield the open database to one thread at a time."""
        with self._lock, self._explained():
            yield PostgresDb(self._connection())

    @contextmanager
    def writing(self) -> Iterator[PostgresDb]:
        """Yield it in a transaction: nobody else writes to this part until it ends, whole or not at all."""
        with self.reading() as db, self._exclusive(db):
            yield db

    def _connection(self) -> Connection[Any]:
        connection = self._line.held()
        if connection is None:
            import psycopg

            connection = psycopg.connect(self.url.reveal(), autocommit=True, row_factory=_rows, **CONNECT)
            self._line.keep(connection)
            try:
                connection.execute(SESSION)
                self._migrate(PostgresDb(connection))
            except BaseException:
                self._line.close()  # the next call would take it for one whose tables are up to date
                raise
        return connection

    @contextmanager
    def _exclusive(self, db: PostgresDb) -> Iterator[None]:
        db.execute("BEGIN")
        try:
            db.execute("SELECT pg_advisory_xact_lock(?)", (zlib.crc32(self._part.encode()),))
            yield
        except BaseException:
            with contextlib.suppress(Exception):  # the connection may be what failed
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            import psycopg
        except ImportError as error:
            raise self._raises(MISSING) from error
        try:
            yield
        except (psycopg.Error, OSError, ValueError) as error:
            if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, OSError)):
                self._line.close()
            text = Scrubber(secrets_in(self.url)).text(next(iter(str(error).splitlines()), type(error).__name__))
            raise self._raises(f"{shown(self.url)}: {text}; {_way_out(error)}") from None

    def _migrate(self, db: PostgresDb) -> None:
        if self._version(db) == len(self._migrations):
            return
        with self._exclusive(db):
            db.execute("CREATE SCHEMA IF NOT EXISTS smoke")
            db.execute("CREATE TABLE IF NOT EXISTS versions (part TEXT PRIMARY KEY, version INTEGER)")
            if (version := self._version(db)) > len(self._migrations):
                raise ValueError("it was written by a newer version of smoke")
            for script in self._migrations[version:]:
                for statement in translated(script).split(";"):
                    db.execute(statement)
            db.execute("DELETE FROM versions WHERE part = ?", (self._part,))
            db.execute("INSERT INTO versions VALUES (?, ?)", (self._part, len(self._migrations)))

    def _version(self, db: PostgresDb) -> int:
        if db.execute("SELECT to_regclass('versions')").fetchone()[0] is None:
            return 0
        row = db.execute("SELECT version FROM versions WHERE part = ?", (self._part,)).fetchone()
        return int(row[0]) if row else 0


class _Line:
    """The one connection of a store; another process never uses, nor ends, what its parent opened."""

    def __init__(self) -> None:
        self._connection: Connection[Any] | None = None
        self._pid = 0
        self._used = 0.0

    def held(self) -> Connection[Any] | None:
        now = time.monotonic()
        if self._pid != os.getpid() or now - self._used > IDLE_S or (self._connection and self._connection.closed):
            self.close()
        self._used = now
        return self._connection

    def keep(self, connection: Connection[Any]) -> None:
        self._connection, self._pid = connection, os.getpid()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._pid == os.getpid():
            with contextlib.suppress(Exception):
                connection.close()


class PostgresDb:
    """An open connection that takes SQLite's statements."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Carry out one statement."""
        answer: Answer = self.connection.execute(_placed(sql), [_plain(value) for value in values])
        return answer

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out one statement for each of ``rows``, in one round trip."""
        with self.connection.cursor() as cursor:
            cursor.executemany(_placed(sql), [[_plain(value) for value in row] for row in rows])


class _Row:
    """A row as sqlite3 gives it."""

    __slots__ = ("_at", "_values")

    def __init__(self, values: Sequence[Any], at: dict[str, int]) -> None:
        self._values = values
        self._at = at

    def __getitem__(self, key: int | str) -> Any:
        return self._values[self._at[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> Iterable[str]:
        return self._at.keys()


def _rows(cursor: Cursor[Any]) -> Any:
    at = {column.name: index for index, column in enumerate(cursor.description or ())}
    return lambda values: _Row(values, at)


@lru_cache(maxsize=256)
def _placed(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


def _plain(value: Any) -> Any:
    """Return what a column takes: a truth value is a number here, and no text may hold a NUL."""
    if isinstance(value, str):
        return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return int(value) if isinstance(value, bool) else value


def translated(script: str) -> str:
    """Return statements that were written for SQLite as PostgreSQL takes them."""
    for written, meant in SPELLINGS:
        script = script.replace(written, meant)
    return script


def _way_out(error: Exception) -> str:
    text = str(error)
    if "newer version" in text:
        return "upgrade smoke, or give each version a database of its own"
    if "lock timeout" in text:
        return "another run has been writing for 10 s: does it hang?"
    return "is SMOKE_HISTORY_URL right, the server up, and may its user make tables there?"
