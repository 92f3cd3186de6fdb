"""Runs probes on a thread of their own, beside the browser and not after it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as WaitTimeoutError

from smoke.answers.exchange import Exchange, Request
from smoke.answers.variables import filled, names_in
from smoke.config.probe import Probe
from smoke.model import Outcome
from smoke.observation import Observation
from smoke.probing.asking import Shared, Terms, signed, url_of
from smoke.probing.attempts import observe
from smoke.probing.failing import ProbeFailedError
from smoke.probing.sending import Send

AT_ONCE = 8
NAME = "smoke-probes"
"""Of its threads: what they ask is the harness's own."""
CLEANUP_S = 10.0
LOOK_S = 0.5
"""How often whoever waits looks whether there still is something to wait for."""


class ProbeRunner:
    """Starts probes together, at most ``AT_ONCE`` in flight; each observation can be waited for."""

    def __init__(
        self, terms: Terms, send: Send, shared: Shared | None = None, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self._terms = terms
        self._send = send
        self._shared = shared or Shared()
        self._probes: dict[str, Probe] = {}
        self._futures: dict[str, Future[Observation]] = {}
        self._loop = loop or asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix=NAME))
        self._thread = threading.Thread(target=self._loop.run_forever, name=NAME, daemon=True)

    @property
    def terms(self) -> Terms:
        """Against what, and how patiently, the probes run."""
        return self._terms

    @property
    def values(self) -> Mapping[str, object]:
        """What requests are filled with, captured values included."""
        return dict(self._shared.values)

    def hear(self, heard: Callable[[Exchange], None]) -> None:
        """Tell ``heard`` every answer that comes; call before the start."""
        inner = self._send

        async def send(request: Request, timeout_s: float) -> Exchange:
            exchange = await inner(request, timeout_s)
            heard(exchange)
            return exchange

        self._send = send

    def start(self, probes: Iterable[Probe]) -> None:
        """Begin with every probe at once, each after those that it needs; returns immediately."""
        self._probes = {probe.id: probe for probe in probes}
        gate = asyncio.Semaphore(AT_ONCE)
        for probe in self._probes.values():
            self._futures[probe.id] = Future()
        for probe in self._probes.values():
            asyncio.run_coroutine_threadsafe(self._settle(probe, gate), self._loop)
        self._thread.start()

    async def _settle(self, probe: Probe, gate: asyncio.Semaphore) -> None:
        future = self._futures[probe.id]
        try:
            if (failed := await self._failed_before(probe)) is not None:
                not_run = f"{failed}, which it comes after, did not pass"
                future.set_result(Observation(check_id=probe.id, attempts=(), not_run=not_run))
                return
            async with gate:
                future.set_result(await observe(probe, self._terms, self._send, self._shared))
        except Exception as error:  # noqa: BLE001 - a defect of ours must reach whoever waits for this probe
            future.set_exception(error)

    async def _failed_before(self, probe: Probe) -> str | None:
        """Wait for the probes that ``probe`` comes after; return the first that did not pass."""
        for needed in probe.after:
            observation = await asyncio.wrap_future(self._futures[needed])
            if not observation.attempts or observation.attempts[-1].outcome is not Outcome.PASS:
                return needed
        return None

    def again(self, check_id: str) -> Observation:
        """Run a probe once more, by itself, and wait for what it shows."""
        probe = self._probes[check_id]
        return asyncio.run_coroutine_threadsafe(
            observe(probe, self._terms, self._send, self._shared), self._loop
        ).result()

    def is_done(self, check_id: str) -> bool:
        """Tell whether the observation of a probe is there; False for what is no probe that was started."""
        return check_id in self._futures and self._futures[check_id].done()

    def result(self, check_id: str) -> Observation:
        """Wait for the observation of one probe; raises KeyError if it was not started."""
        future = self._futures[check_id]
        while not wait([future], LOOK_S).done:
            if not self._thread.is_alive():
                return Observation(check_id=check_id, attempts=(), not_run="the thread of the probes died")
        return future.result()

    def clean_up(self) -> tuple[str, ...]:
        """Undo what probes made on the target, the last one first; return what could not be undone."""
        if not self._thread.is_alive():
            return ()
        work = asyncio.run_coroutine_threadsafe(self._clean_up(), self._loop)
        try:
            return work.result(CLEANUP_S)
        except (WaitTimeoutError, CancelledError):
            return (f"cleaning up after the probes took longer than {CLEANUP_S:g} s",)

    async def _clean_up(self) -> tuple[str, ...]:
        troubles = []
        for probe in reversed(self._probes.values()):
            if probe.cleanup is None or not names_in(probe.cleanup) <= set(self._shared.values):
                continue
            method, path = filled(probe.cleanup, self._shared.values).split(" ", 1)
            url = url_of(probe.base, path, self._terms)
            request = Request(method=method, url=url, headers=self._terms.headers, check_id=probe.id)
            try:
                request = await signed(request, probe.account, self._terms, self._shared, self._send)
                exchange = await self._send(request, self._terms.timeout_s)
                if exchange.status >= 400 and exchange.status not in (404, 410):
                    troubles.append(f"cleanup of {probe.id}: {method} {path} answered {exchange.status}")
            except ProbeFailedError as error:
                troubles.append(f"cleanup of {probe.id}: {error}")
        return tuple(troubles)

    def stop(self) -> None:
        """Drop what is still in flight and end the thread."""
        for future in self._futures.values():
            future.cancel()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=2)
