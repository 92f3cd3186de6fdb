"""Finds the database that a run keeps its history in."""

from __future__ import annotations

from pathlib import Path

from smoke.history.errors import HistoryError
from smoke.history.schema import MIGRATIONS
from smoke.secrets.secret import Secret
from smoke.settings import Settings
from smoke.storage.sqlite import SqliteFile
from smoke.storage.store import Store
from smoke.storage.url import database_url

FILE = "history.db"


def history_store(settings: Settings) -> Store:
    """Return where ``settings`` keep the history, to be opened by who needs it.

    That is the database of SMOKE_HISTORY_URL, else ``history.db`` among the reports.
    """
    if (url := database_url(settings.environ)) is None:
        return history_file(settings.reports / FILE)
    return history_database(url)


def history_database(url: Secret) -> Store:
    """Return the history in the PostgreSQL database at ``url``."""
    from smoke.storage.postgres import Postgres

    return Postgres(url, part="history", migrations=MIGRATIONS, raises=HistoryError)


def history_file(path: Path) -> SqliteFile:
    """Return the history in the file ``path``, which is made where it is missing."""
    return SqliteFile(path=path, migrations=MIGRATIONS, raises=HistoryError, elsewhere="--reports", lost="the past")
