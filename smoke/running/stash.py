"""What pytest's items and its configuration carry for us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smoke.model import Check
    from smoke.running.journey import Journey
    from smoke.running.record import Record
    from smoke.running.session import Session

SESSION: pytest.StashKey[Session] = pytest.StashKey()
CHECK: pytest.StashKey[Check] = pytest.StashKey()
RECORD: pytest.StashKey[Record] = pytest.StashKey()
"""Of the attempt that runs."""
JOURNEY: pytest.StashKey[Journey] = pytest.StashKey()
KEPT_OUT: pytest.StashKey[Exception | None] = pytest.StashKey()
"""Why the journey's account is not to be had."""


def check_id_of(item: pytest.Item) -> str:
    """Return the id of the check that ``item`` is, or an empty text."""
    mark = item.get_closest_marker("smoke_check")
    return str(mark.args[0]) if mark and mark.args else ""
