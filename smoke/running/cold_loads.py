"""Loads documents that were too slow once more, each in a fresh context: nothing is cached, and nobody else waits."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.model import Measurement
from smoke.running import vitals
from smoke.running.journey import Journey
from smoke.running.scope import LISTENING
from smoke.running.session import Session
from smoke.timing import SAMPLES, ceiling_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

Timings = Mapping[str, float | None]
LOOK = f"""async ([limits, until_ms]) => {{
  await ({vitals.LOADED})(until_ms);
  const timings = {vitals.TIMINGS};
  const open = () => Object.entries(limits).some(([name, limit]) => !(timings()[name] > limit));
  while (open() && performance.now() < until_ms) await new Promise(done => setTimeout(done, 50));
  return {{url: ({vitals.ADDRESS})(), ...timings()}};
}}"""
"""Looks as long as it took to be too slow before: a late paint is not missed by looking early."""
LONGER_MS = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """One timing of a document that was too large, in milliseconds."""

    value: float
    budget: float
    longest: float
    """A load that takes longer is not waited for."""

    @classmethod
    def of(cls, measurement: Measurement) -> Slow:
        """Return what a broken ``measurement`` asks of further loads."""
        value, budget = measurement.value or 0.0, measurement.budget or 0.0
        return cls(value=value, budget=budget, longest=max(value, ceiling_of(measurement)))

    def or_slower(self, other: Slow | None) -> Slow:
        """Return what both, of the same timing, ask for."""
        if other is None:
            return self
        return Slow(
            value=max(self.value, other.value),
            budget=max(self.budget, other.budget),
            longest=max(self.longest, other.longest),
        )


def cold_loads(session: Session, journey: Journey, url: str, slow: Mapping[str, Slow]) -> tuple[Timings, ...]:
    """Load the document at ``url`` again, as often as its median wants; fewer times where it does not come again.

    A load that is given up took as long as it was waited for.
    """
    entrance = journey.listeners.entrances.get(url, url)
    loads: list[Timings] = []
    while entrance is not None and len(loads) < SAMPLES - 1:
        left_ms = (session.run_ends - time.monotonic()) * 1000
        longest_ms = max(each.longest for each in slow.values())
        if left_ms < longest_ms:
            break
        with _cold(session, journey) as page:
            took = _load(page, entrance, url, slow, longest_ms)
        if took is None:
            break
        loads.append(took)
    return tuple(loads)


def _load(page: Page, entrance: str, url: str, slow: Mapping[str, Slow], longest_ms: float) -> Timings | None:
    """Return the timings of one load, None if something else came than before."""
    from playwright.sync_api import Error
    from playwright.sync_api import TimeoutError as TooLateError

    budgets = {name: each.budget for name, each in slow.items()}
    until_ms = max(each.value for each in slow.values()) + LONGER_MS
    try:
        answer = page.goto(entrance, timeout=longest_ms)
        seen: dict[str, Any] = page.evaluate(LOOK, [budgets, until_ms])
    except TooLateError:
        return dict.fromkeys(slow, longest_ms)
    except Error:
        return None
    same = urlsplit(seen.pop("url") or "").path == urlsplit(url).path
    return seen if same and answer is not None and answer.ok else None


@contextmanager
def _cold(session: Session, journey: Journey) -> Iterator[Page]:
    """Yield a page of a fresh context that is signed in as the journey is, heard apart from it."""
    from playwright.sync_api import Error

    spares = session.spares
    listeners = spares.contexts.listeners()
    listeners.asker.check_id, listeners.asker.runs = journey.check.id, True
    kept = LISTENING.get()
    LISTENING.set(listeners)
    try:
        context = spares.open({**journey.options, "storage_state": journey.context.storage_state()}, listeners)
        try:
            yield context.new_page()
        finally:
            with contextlib.suppress(Error):
                type(context).close(context)
    finally:
        LISTENING.set(kept)
        listeners.asker.runs = False
