"""Loads documents that were too slow once more, each in a fresh context: nothing is cached, and nobody else waits."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.judging.timing import ceiling_of, least_samples, sampled, samples_wanted
from smoke.observation import Measurement
from smoke.running import vitals
from smoke.running.journey import Journey
from smoke.running.scope import LISTENING
from smoke.running.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Page

Timings = Mapping[str, float | None]
Slow = Sequence[Measurement]
LOOK = f"""async ([limits, until_ms]) => {{
  await ({vitals.LOADED})(until_ms);
  const timings = {vitals.TIMINGS};
  const open = () => Object.entries(limits).some(([name, limit]) => !(timings()[name] > limit));
  while (open() && performance.now() < until_ms) await new Promise(done => setTimeout(done, 50));
  return {{url: ({vitals.ADDRESS})(), ...timings()}};
}}"""
"""Looks as long as it took to be too slow before: a late paint is not missed by looking early."""
LONGER_MS = 250.0


def cold_loads(session: Session, journey: Journey, url: str, slow: Mapping[str, Slow]) -> tuple[Timings, ...]:
    """Load the document at ``url`` again, as often as its standards want; fewer times where it does not come again.

    ``slow`` has the measurements that were too large by the timing that they are about. A load that is given up took
    as long as it was waited for.
    """
    entrance = journey.listeners.trail.entrances.get(url, url)
    longest_ms = max(max(each.value or 0.0, ceiling_of(each)) for found in slow.values() for each in found)
    loads: list[Timings] = []
    while entrance is not None and _want_more(slow, loads):
        if (session.run_ends - time.monotonic()) * 1000 < longest_ms:
            break
        with _cold(session, journey) as page:
            took = _load(page, entrance, url, slow, longest_ms)
        if took is None:
            break
        loads.append(took)
    return tuple(loads)


def _want_more(slow: Mapping[str, Slow], loads: Sequence[Timings]) -> bool:
    taken = [sampled(each, values_of(name, loads)) for name, found in slow.items() for each in found]
    return len(loads) + 1 < max(max(least_samples(each.standard), samples_wanted(each)) for each in taken)


def values_of(name: str, loads: Sequence[Timings]) -> list[float]:
    """Return what ``loads`` say of one timing, where they say anything."""
    return [value for load in loads if (value := load.get(name)) is not None]


def _load(page: Page, entrance: str, url: str, slow: Mapping[str, Slow], longest_ms: float) -> Timings | None:
    """Return the timings of one load, None if something else came than before."""
    from playwright.sync_api import Error
    from playwright.sync_api import TimeoutError as TooLateError

    budgets = {name: max(each.budget or 0.0 for each in found) for name, found in slow.items()}
    until_ms = max(each.value or 0.0 for found in slow.values() for each in found) + LONGER_MS
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
