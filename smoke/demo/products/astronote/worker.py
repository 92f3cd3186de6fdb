"""Takes jobs from the queue and sends what they ask for."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from smoke.demo.breaks import Break, Switchboard
from smoke.demo.products.astronote.campaigns import Campaigns
from smoke.demo.products.astronote.jobs import Job, Jobs

BEAT_S = 0.2
"""Time between two looks at the queue, and two heartbeats."""
SILENT_S = 3.0
"""Without a heartbeat for so long, the worker counts as gone."""
SENDING_S = 0.05
"""How long a job takes."""


class Worker:
    """Runs beside the API, in the same process."""

    def __init__(self, jobs: Jobs, campaigns: Campaigns, breaks: Switchboard) -> None:
        self._jobs, self._campaigns, self._breaks = jobs, campaigns, breaks
        self._beat = time.time()
        self._processed = 0

    async def run(self) -> None:
        """Process jobs for as long as the process lasts."""
        while True:
            if Break.WORKER_STOPPED not in self._breaks:
                self._beat = time.time()
                while job := self._jobs.take():
                    await self._process(job)
            await asyncio.sleep(BEAT_S)

    @property
    def alive(self) -> bool:
        """Whether its heartbeat is recent."""
        return self.silence_s < SILENT_S

    @property
    def silence_s(self) -> float:
        """Seconds since the last heartbeat."""
        return max(0.0, time.time() - self._beat)

    def public(self) -> dict[str, object]:
        """Heartbeat, depth of the queue and jobs processed, as the API answers them."""
        return {
            "status": "alive" if self.alive else "silent",
            "heartbeat_at": datetime.fromtimestamp(self._beat, UTC).isoformat(timespec="milliseconds"),
            "heartbeat_age_s": round(self.silence_s, 3),
            "depth": self._jobs.depth(),
            "processed": self._processed,
        }

    async def _process(self, job: Job) -> None:
        await asyncio.sleep(SENDING_S)
        campaign = self._campaigns.by_id(job.campaign)
        if campaign is None:  # deleted while its job was on the way, and the job with it
            return
        segment = self._campaigns.segment(campaign.segment)
        size = segment.size if segment else 0
        self._jobs.finish(job.id, rendered=size, sent=0 if job.safe_mode else size)
        self._campaigns.mark(campaign.id, "checked" if job.safe_mode else "sent")
        self._processed += 1
        self._beat = time.time()
