"""One SQLite database in memory for everything that the products remember."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from smoke.demo import timing

Row = sqlite3.Row
Value = str | int | float | None


class Store:
    """A connection that counts its time. Used by the event loop's thread only, so writes never race."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = ON")

    def create(self, schema: str) -> None:
        """Run the statements that create tables."""
        self._connection.executescript(schema)

    def all(self, sql: str, *values: Value) -> Sequence[Row]:
        """Every row that the query finds."""
        with timing.database():
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        """The first row that the query finds, or None."""
        with timing.database():
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def count(self, sql: str, *values: Value) -> int:
        """The number that a ``SELECT count(*)`` answers."""
        row = self.one(sql, *values)
        return int(row[0]) if row else 0

    def change(self, sql: str, *values: Value) -> int:
        """Run a statement that writes; the number of rows it changed."""
        with timing.database():
            return self._connection.execute(sql, values).rowcount

    def insert_all(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""
        with timing.database():
            self._connection.executemany(sql, rows)
