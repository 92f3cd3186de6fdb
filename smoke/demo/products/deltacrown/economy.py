"""Wallets and their entries: whole crowns, and a balance that is nothing but the sum of the entries."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from smoke.demo.kit.errors import ApiError
from smoke.demo.store import Row, Store

CURRENCY = "CROWN"
OPENING_BALANCE = 1000
"""What a test wallet is opened with."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS deltacrown_wallets (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), label TEXT NOT NULL, test INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deltacrown_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wallet_id TEXT NOT NULL REFERENCES deltacrown_wallets(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, amount INTEGER NOT NULL, reference TEXT NOT NULL, made REAL NOT NULL
);
"""

_SAMPLES = (
    ("prize", 4200, "Dhaka Open — 3rd place"),
    ("fee", -350, "Entry: Delta Summer Cup"),
    ("gift", 500, "Season pass, week 1"),
    ("fee", -200, "Entry: Friday Duos"),
    ("prize", 900, "Friday Duos — 1st place"),
    ("purchase", -640, "Crown Jersey № 7"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement in a wallet."""

    id: int
    kind: str
    amount: int
    """Whole crowns; negative: taken out."""
    reference: str
    made_at: str

    @classmethod
    def of(cls, row: Row) -> Entry:
        """The entry that a row holds."""
        made_at = datetime.fromtimestamp(row["made"], UTC).isoformat(timespec="seconds")
        return cls(id=row["id"], kind=row["kind"], amount=row["amount"], reference=row["reference"], made_at=made_at)


class Economy:
    """The wallets of every player."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, user_id: str, label: str, *, test: bool) -> str:
        """A new wallet; a test wallet has its opening balance already."""
        wallet = secrets.token_hex(8)
        self._store.change("INSERT INTO deltacrown_wallets VALUES (?, ?, ?, ?)", wallet, user_id, label, int(test))
        if test:
            self.move(wallet, "opening", OPENING_BALANCE, label)
        return wallet

    def main(self, user_id: str) -> str:
        """The wallet that the user pays from."""
        sql = "SELECT id FROM deltacrown_wallets WHERE user_id = ? AND test = 0"
        row = self._store.one(sql, user_id)
        return row["id"] if row else self.open(user_id, "Main", test=False)

    def is_test_wallet(self, wallet: str, user_id: str) -> bool:
        """Whether there is such a wallet, it is the user's, and it is for tests."""
        sql = "SELECT count(*) FROM deltacrown_wallets WHERE id = ? AND user_id = ? AND test = 1"
        return self._store.count(sql, wallet, user_id) == 1

    def close(self, wallet: str) -> None:
        """Remove a wallet and its entries."""
        self._store.change("DELETE FROM deltacrown_wallets WHERE id = ?", wallet)

    def balance(self, wallet: str) -> int:
        """The sum of the wallet's entries."""
        return self._store.count("SELECT coalesce(sum(amount), 0) FROM deltacrown_entries WHERE wallet_id = ?", wallet)

    def move(self, wallet: str, kind: str, amount: int, reference: str) -> int:
        """Put ``amount`` into the wallet, or take it out; the id of the entry. Raises ApiError 409 if it lacks."""
        if self.balance(wallet) + amount < 0:
            raise ApiError(409, "insufficient_funds", "The wallet does not hold that much")
        row = self._store.one(
            "INSERT INTO deltacrown_entries (wallet_id, kind, amount, reference, made) VALUES (?, ?, ?, ?, ?)"
            " RETURNING id",
            *(wallet, kind, amount, reference, time.time()),
        )
        assert row is not None
        return int(row["id"])

    def undo(self, entry: int) -> None:
        """Remove an entry as if it had never been."""
        self._store.change("DELETE FROM deltacrown_entries WHERE id = ?", entry)

    def entries(self, wallet: str, limit: int = -1, offset: int = 0) -> Sequence[Entry]:
        """The wallet's entries, newest first."""
        sql = "SELECT * FROM deltacrown_entries WHERE wallet_id = ? ORDER BY id DESC LIMIT ? OFFSET ?"
        return [Entry.of(row) for row in self._store.all(sql, wallet, limit, offset)]

    def add_samples(self, user_id: str) -> None:
        """Some weeks of play, unless they are there already."""
        wallet, now = self.main(user_id), time.time()
        if self.entries(wallet, 1):
            return
        self._store.insert_all(
            "INSERT INTO deltacrown_entries (wallet_id, kind, amount, reference, made) VALUES (?, ?, ?, ?, ?)",
            [
                (wallet, kind, amount, f"{reference} ({week})", now - (20 - week * 6 - index) * 86400)
                for week in range(3)
                for index, (kind, amount, reference) in enumerate(_SAMPLES)
            ],
        )
