"""What a database offers, whichever it is; SQL is written once, with ``?`` for values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Row(Protocol):
    """One row: its values by position or by name, and all of them in order."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def keys(self) -> Iterable[str]:
        """Return the names of the columns, in order."""


class Answer(Protocol):
    """What a statement came to."""

    @property
    def rowcount(self) -> int:
        """Rows that were changed."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Db(Protocol):
    """An open database."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Answer:
        """Carry out one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Carry out one statement for each of ``rows``."""


class Store(Protocol):
    """A database with tables of its own; both methods raise what its owner said for whatever goes wrong."""

    def reading(self) -> AbstractContextManager[Db]:
        """Open it, its tables up to date."""

    def writing(self) -> AbstractContextManager[Db]:
        """Open it in a transaction: nobody else writes until it ends, whole or not at all."""


def insert(table: str, columns: Sequence[str]) -> str:
    """Return the statement that inserts one row."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - ours


def insert_new(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the statement that inserts one row, or does nothing where there is one with the same ``key``."""
    return f"{insert(table, columns)} ON CONFLICT ({', '.join(key)}) DO NOTHING"


def upsert(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the statement that inserts one row, or puts it in the place of the one with the same ``key``."""
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
    return f"{insert(table, columns)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
