"""A small cache in memory, in the place where production has Redis."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar, cast

from smoke.demo import timing

T = TypeVar("T")
TTL_S, SIZE = 60.0, 1000


class Cache:
    """Values by key, each for a limited time."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[float, object]] = {}

    def fetch(self, key: str, load: Callable[[], T]) -> T:
        """The value of ``key``; ``load`` provides it when it is unknown or too old."""
        started = time.perf_counter()
        held = self._values.get(key)
        hit = held is not None and held[0] > started
        timing.cache_lookup(hit=hit, started=started)
        if hit and held is not None:
            return cast("T", held[1])
        value = load()
        if len(self._values) >= SIZE:
            self._values.pop(next(iter(self._values)))
        self._values[key] = (time.perf_counter() + TTL_S, value)
        return value

    def forget(self, key: str) -> None:
        """Drop a value, so that the next look-up loads it."""
        self._values.pop(key, None)
