"""Segments of customers, and the campaigns that are sent to them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from smoke.demo.store import Row, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Customers who have something in common."""

    id: str
    name: str
    rule: str
    size: int
    """How many they are."""

    def public(self) -> dict[str, object]:
        """The segment as the API answers it."""
        return {"id": self.id, "name": self.name, "rule": self.rule, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A message for a segment."""

    id: str
    owner: str
    name: str
    message: str
    segment: str
    status: str
    """draft, queued, sent, or checked: rendered for everybody and sent to nobody."""
    test: bool
    """Made by a monitor: never sent, not part of any number."""
    created: datetime

    def public(self) -> dict[str, object]:
        """The campaign as the API answers it."""
        return {
            "id": self.id,
            "name": self.name,
            "message": self.message,
            "segment": self.segment,
            "status": self.status,
            "test": self.test,
            "created_at": self.created.isoformat(timespec="seconds"),
        }


class Campaigns:
    """The segments, and every campaign of every merchant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def segments(self) -> list[Segment]:
        """Every segment, the largest first."""
        rows = self._store.all("SELECT * FROM astronote_segments ORDER BY size DESC")
        return [Segment(**dict(row)) for row in rows]

    def segment(self, segment_id: str) -> Segment | None:
        """The segment with this id, or None."""
        row = self._store.one("SELECT * FROM astronote_segments WHERE id = ?", segment_id)
        return Segment(**dict(row)) if row else None

    def add(self, owner: str, *, name: str, message: str, segment: str, test: bool) -> Campaign:
        """Keep a draft."""
        campaign_id = secrets.token_hex(8)
        self._store.change(
            "INSERT INTO astronote_campaigns VALUES (?, ?, ?, ?, ?, 'draft', ?, ?)",
            *(campaign_id, owner, name, message, segment, int(test), time.time()),
        )
        campaign = self.by_id(campaign_id)
        assert campaign is not None
        return campaign

    def by_id(self, campaign_id: str) -> Campaign | None:
        """The campaign with this id, or None."""
        row = self._store.one("SELECT * FROM astronote_campaigns WHERE id = ?", campaign_id)
        return _campaign(row) if row else None

    def of(self, owner: str) -> list[Campaign]:
        """A merchant's campaigns, newest first."""
        rows = self._store.all("SELECT * FROM astronote_campaigns WHERE owner = ? ORDER BY created DESC", owner)
        return [_campaign(row) for row in rows]

    def mark(self, campaign_id: str, status: str) -> None:
        """Say how far a campaign is."""
        self._store.change("UPDATE astronote_campaigns SET status = ? WHERE id = ?", status, campaign_id)

    def delete(self, campaign_id: str) -> None:
        """Remove a campaign and its jobs."""
        self._store.change("DELETE FROM astronote_campaigns WHERE id = ?", campaign_id)


def _campaign(row: Row) -> Campaign:
    created = datetime.fromtimestamp(row["created"], UTC)
    return Campaign(**{**dict(row), "test": bool(row["test"]), "created": created})
