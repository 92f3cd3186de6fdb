"""Finds the database that a run keeps its history in."""

from __future__ import annotations

from pathlib import Path

from smoke.history.errors import HistoryError
from smoke.history.schema import MIGRATIONS
from smoke.settings import Settings
from smoke.storage.sqlite import SqliteFile
from smoke.storage.store import Store

FILE = "history.db"


def history_store(settings: Settings) -> Store:
    """Return where ``settings`` keep the history: ``history.db`` among the reports. It is opened by who needs it."""
    return history_file(settings.reports / FILE)


def history_file(path: Path) -> SqliteFile:
    """Return the history in the file ``path``, which is made where it is missing."""
    return SqliteFile(path=path, migrations=MIGRATIONS, raises=HistoryError, elsewhere="--reports", lost="the past")
