"""The database that a test of the history runs against."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.history.opening import history_file
from smoke.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return history_file(tmp_path / "history.db")
