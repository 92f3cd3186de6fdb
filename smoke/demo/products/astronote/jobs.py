"""The queue between the API and its worker."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from smoke.demo.store import Row, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The order to send a campaign."""

    id: str
    campaign: str
    safe_mode: bool
    """Render every message, send none."""
    status: str
    """queued, active or processed."""
    rendered: int
    sent: int
    queued: datetime
    processed: datetime | None

    def public(self) -> dict[str, object]:
        """The job as the API answers it."""
        return {
            "id": self.id,
            "campaign": self.campaign,
            "safe_mode": self.safe_mode,
            "status": self.status,
            "rendered": self.rendered,
            "sent": self.sent,
            "queued_at": self.queued.isoformat(timespec="milliseconds"),
            "processed_at": self.processed.isoformat(timespec="milliseconds") if self.processed else None,
        }


class Jobs:
    """Every job, first in first out."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, campaign: str, *, safe_mode: bool) -> Job:
        """Queue a job."""
        job_id = secrets.token_hex(8)
        self._store.change(
            "INSERT INTO astronote_jobs (id, campaign, safe_mode, status, queued) VALUES (?, ?, ?, 'queued', ?)",
            *(job_id, campaign, int(safe_mode), time.time()),
        )
        job = self.by_id(job_id)
        assert job is not None
        return job

    def take(self) -> Job | None:
        """The job that waits longest, which is active from now on; None: the queue is empty."""
        row = self._store.one(
            "UPDATE astronote_jobs SET status = 'active' WHERE id ="
            " (SELECT id FROM astronote_jobs WHERE status = 'queued' ORDER BY queued LIMIT 1) RETURNING *"
        )
        return _job(row) if row else None

    def finish(self, job_id: str, *, rendered: int, sent: int) -> None:
        """Say what came of a job."""
        self._store.change(
            "UPDATE astronote_jobs SET status = 'processed', rendered = ?, sent = ?, processed = ? WHERE id = ?",
            *(rendered, sent, time.time(), job_id),
        )

    def by_id(self, job_id: str) -> Job | None:
        """The job with this id, or None."""
        row = self._store.one("SELECT * FROM astronote_jobs WHERE id = ?", job_id)
        return _job(row) if row else None

    def depth(self) -> int:
        """How many jobs wait."""
        return self._store.count("SELECT count(*) FROM astronote_jobs WHERE status = 'queued'")


def _job(row: Row) -> Job:
    return Job(
        id=row["id"],
        campaign=row["campaign"],
        safe_mode=bool(row["safe_mode"]),
        status=row["status"],
        rendered=row["rendered"],
        sent=row["sent"],
        queued=datetime.fromtimestamp(row["queued"], UTC),
        processed=datetime.fromtimestamp(row["processed"], UTC) if row["processed"] is not None else None,
    )
