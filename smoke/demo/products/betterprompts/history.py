"""Enhanced prompts that were saved, and what a user's dashboard says about them."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from smoke.demo.products.betterprompts.engine import Enhancement, enhance
from smoke.demo.store import Row, Store

SCHEMA = """
CREATE TABLE enhancements (
    id TEXT PRIMARY KEY, user_id TEXT REFERENCES users(id), original TEXT NOT NULL, enhanced TEXT NOT NULL,
    intent TEXT NOT NULL, complexity TEXT NOT NULL, techniques TEXT NOT NULL, confidence REAL NOT NULL,
    created REAL NOT NULL
);
CREATE INDEX enhancements_by_user ON enhancements (user_id, created DESC);
"""

MOST = 200
_SAMPLES = (
    (0.1, "Explain photosynthesis to a ten year old"),
    (0.9, "Write a Python function that validates an IBAN"),
    (1.4, "Summarize the quarterly report for the board"),
    (2.2, "Plan the launch of our spring newsletter"),
    (2.6, "Write a friendly mail that asks a customer for feedback"),
    (4.3, "Analyse the survey data and show the trend by region"),
    (5.1, "What is the difference between TCP and UDP?"),
    (6.0, "Refactor this SQL query so that it uses one join"),
)
"""Age in days and prompt of what an account has in its history from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One entry of a history."""

    id: str
    original: str
    enhanced: str
    intent: str
    complexity: str
    techniques: tuple[str, ...]
    confidence: float
    created: datetime

    def public(self) -> dict[str, object]:
        """The entry as the API answers it."""
        return {
            "id": self.id,
            "original_text": self.original,
            "enhanced_text": self.enhanced,
            "intent": self.intent,
            "complexity": self.complexity,
            "techniques": self.techniques,
            "confidence": self.confidence,
            "created_at": self.created.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the dashboard shows."""

    total: int
    confidence: float | None
    """Mean, from 0 to 1; None: nothing was saved."""
    favourite: str | None
    """The technique that was used most."""
    days: Sequence[tuple[date, int]]
    """The last seven days, oldest first, and how many prompts were saved on each."""


class History:
    """Every saved prompt of every user."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, user_id: str | None, original: str, result: Enhancement, age_days: float = 0.0) -> str:
        """Keep a prompt and what became of it; returns its id."""
        entry_id = secrets.token_hex(8)
        self._store.change(
            "INSERT INTO enhancements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(entry_id, user_id, original, result.text, result.intent, result.complexity),
            *(json.dumps(result.techniques), result.confidence, time.time() - age_days * 86400),
        )
        return entry_id

    def add_samples(self, user_id: str) -> None:
        """Give a new account a history to look at."""
        for age_days, prompt in _SAMPLES:
            self.save(user_id, prompt, enhance(prompt), age_days)

    def of(self, user_id: str) -> list[Saved]:
        """A user's newest entries, the newest first."""
        rows = self._store.all(
            "SELECT * FROM enhancements WHERE user_id = ? ORDER BY created DESC LIMIT ?", user_id, MOST
        )
        return [_saved(row) for row in rows]

    def count(self) -> int:
        """How many entries there are of everybody together."""
        return self._store.count("SELECT count(*) FROM enhancements")

    def uses(self) -> dict[str, int]:
        """How often each technique was used."""
        rows = self._store.all(
            "SELECT value, count(*) FROM enhancements, json_each(enhancements.techniques) GROUP BY value"
        )
        return {row[0]: row[1] for row in rows}


def summarise(entries: Sequence[Saved], today: date) -> Summary:
    """What a dashboard says about these entries."""
    used = Counter(name for entry in entries for name in entry.techniques)
    per_day = Counter(entry.created.date() for entry in entries)
    days = [today - timedelta(days=back) for back in range(6, -1, -1)]
    return Summary(
        total=len(entries),
        confidence=sum(entry.confidence for entry in entries) / len(entries) if entries else None,
        favourite=used.most_common(1)[0][0] if used else None,
        days=[(day, per_day[day]) for day in days],
    )


def _saved(row: Row) -> Saved:
    return Saved(
        id=row["id"],
        original=row["original"],
        enhanced=row["enhanced"],
        intent=row["intent"],
        complexity=row["complexity"],
        techniques=tuple(json.loads(row["techniques"])),
        confidence=row["confidence"],
        created=datetime.fromtimestamp(row["created"], UTC),
    )
