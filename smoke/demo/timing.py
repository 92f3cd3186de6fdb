"""What a request spent its time on, told to the browser by Server-Timing (W3C Server Timing, section 3)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """The clock of one request."""

    started: float = field(default_factory=time.perf_counter)
    db_ms: float = 0.0
    cache_ms: float = 0.0
    cache: str | None = None
    """hit, or miss as soon as one look-up missed; None: the cache was not asked."""

    def header(self) -> str:
        """Value of the Server-Timing header; durations are in milliseconds."""
        entries = [f"db;dur={self.db_ms:.3f}"]
        if self.cache is not None:
            entries.append(f"cache;desc={self.cache};dur={self.cache_ms:.3f}")
        entries.append(f"total;dur={(time.perf_counter() - self.started) * 1000:.3f}")
        return ", ".join(entries)


_current: ContextVar[Timing | None] = ContextVar("timing", default=None)


def begin() -> Timing:
    """Start the clock of the request that runs in this context."""
    timing = Timing()
    _current.set(timing)
    return timing


@contextmanager
def database() -> Iterator[None]:
    """Count the time spent inside as database time of the current request."""
    start = time.perf_counter()
    try:
        yield
    finally:
        if timing := _current.get():
            timing.db_ms += (time.perf_counter() - start) * 1000


def cache_lookup(*, hit: bool, started: float) -> None:
    """Count a cache look-up that began at ``started`` (``time.perf_counter``)."""
    if timing := _current.get():
        timing.cache_ms += (time.perf_counter() - started) * 1000
        if timing.cache != "miss":
            timing.cache = "hit" if hit else "miss"
