"""Runs probes on a thread of their own, beside the browser and not after it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future

from smoke.config.schema import Probe
from smoke.model import Observation
from smoke.probing.attempts import Send, Terms, observe

AT_ONCE = 8


class ProbeRunner:
    """Starts probes together, at most ``AT_ONCE`` in flight; each observation can be waited for."""

    def __init__(self, terms: Terms, send: Send) -> None:
        self._terms = terms
        self._send = send
        self._futures: dict[str, Future[Observation]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smoke-probes", daemon=True)

    def start(self, probes: Iterable[Probe]) -> None:
        """Begin with every probe at once; returns immediately."""
        self._thread.start()
        gate = asyncio.Semaphore(AT_ONCE)

        async def bounded(probe: Probe) -> Observation:
            async with gate:
                return await observe(probe, self._terms, self._send)

        for probe in probes:
            self._futures[probe.id] = asyncio.run_coroutine_threadsafe(bounded(probe), self._loop)

    def result(self, check_id: str) -> Observation:
        """Wait for the observation of one probe; raises KeyError if it was not started."""
        return self._futures[check_id].result()

    def stop(self) -> None:
        """Drop what is still in flight and end the thread."""
        for future in self._futures.values():
            future.cancel()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=2)
