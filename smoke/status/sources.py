"""Where the status page comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smoke.availability.gathering import Expectations
from smoke.history.reader import Reader
from smoke.status.page import WINDOWS
from smoke.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """History, configuration and reports, as they are at a moment; the reports hold the last drills."""

    store: Store
    expected: Expectations
    root: Path
    reports: Path
    now: float
    """Seconds since the epoch."""

    @property
    def since(self) -> float:
        """When the longest window begins."""
        return self.now - max(WINDOWS.values())

    @property
    def reader(self) -> Reader:
        """What reads the history."""
        return Reader(self.store)
