"""The databases that the tests of the history run against: each with both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.history.opening import history_database, history_file
from smoke.secrets.secret import Secret
from smoke.storage.store import Store
from tests.support import postgres

_number = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server, by the URL of a database of it."""
    if (why := postgres.missing()) is not None:
        pytest.skip(why)
    with postgres.server() as url:
        yield url


@pytest.fixture
def database(server: str) -> Secret:
    """A PostgreSQL database with nothing in it."""
    import psycopg

    name = f"test_{next(_number)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    return Secret(server.replace("/postgres?", f"/{name}?"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty history."""
    if request.param == "sqlite":
        return history_file(tmp_path / "history.db")
    return history_database(request.getfixturevalue("database"))
