"""What is remembered of a match: how many exercises it found and how long it took, never what was asked."""

from __future__ import annotations

import time

from smoke.demo.store import Store

_KEPT = 10_000


class Analytics:
    """The events of the semantic match."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, matches: int, duration_ms: float) -> None:
        """Remember one match; the oldest are forgotten."""
        sql = "INSERT INTO mosaic_match_events (at, matches, duration_ms) VALUES (?, ?, ?)"
        self._store.change(sql, time.time(), matches, duration_ms)
        self._store.change(
            "DELETE FROM mosaic_match_events WHERE id <= (SELECT max(id) FROM mosaic_match_events) - ?", _KEPT
        )

    def count(self) -> int:
        """How many events are remembered."""
        return self._store.count("SELECT count(*) FROM mosaic_match_events")

    def summary(self) -> dict[str, object]:
        """Events, and the share of questions that something was found for; null while there is none."""
        row = self._store.one(
            "SELECT count(*) AS events, avg(matches > 0) AS answered, avg(duration_ms) AS duration FROM"
            " mosaic_match_events"
        )
        assert row is not None
        return {"events": row["events"], "answered_ratio": row["answered"], "average_ms": row["duration"]}
