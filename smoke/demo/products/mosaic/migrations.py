"""The schema, one numbered step after the other, and which steps the database has taken."""

from __future__ import annotations

import time

from smoke.demo.store import Store

MIGRATIONS = {
    "match-events": """
        CREATE TABLE mosaic_match_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, matches INTEGER NOT NULL
        );
    """,
    "match-duration": "ALTER TABLE mosaic_match_events ADD COLUMN duration_ms REAL NOT NULL DEFAULT 0;",
    "reranker-scores": """
        CREATE TABLE mosaic_reranker_scores (
            event_id INTEGER NOT NULL REFERENCES mosaic_match_events(id), exercise TEXT NOT NULL, score REAL NOT NULL
        );
    """,
    "events-by-time": "CREATE INDEX mosaic_match_events_at ON mosaic_match_events (at);",
}
"""Statements of each step by its name; the first one is number 1. A step is never changed, only followed."""

_JOURNAL = "CREATE TABLE mosaic_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied REAL NOT NULL);"


def apply(store: Store) -> None:
    """Take every step, and write each one down."""
    store.create(_JOURNAL)
    for number, (name, statements) in enumerate(MIGRATIONS.items(), 1):
        store.create(statements)
        store.change("INSERT INTO mosaic_migrations VALUES (?, ?, ?)", number, name, time.time())


def state(store: Store) -> dict[str, object]:
    """Where the database stands, where the code expects it, and which tables there are."""
    taken = [row["name"] for row in store.all("SELECT name FROM mosaic_migrations ORDER BY number")]
    tables = store.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'mosaic^_%' ESCAPE '^'")
    return {
        "version": len(taken),
        "expected": len(MIGRATIONS),
        "pending": [name for name in MIGRATIONS if name not in taken],
        "tables": sorted(row["name"].removeprefix("mosaic_") for row in tables),
    }
