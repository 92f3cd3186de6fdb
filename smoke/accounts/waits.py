"""How long a run waited for accounts: waits at the same time count once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Waits:
    """The waits of one run; any thread may call."""

    _total_s: float = 0.0
    _waiting: int = 0
    _since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count the time that passes within."""
        with self._lock:
            if self._waiting == 0:
                self._since = time.monotonic()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                if self._waiting == 0:
                    self._total_s += time.monotonic() - self._since

    @property
    def total_s(self) -> float:
        """Seconds in which somebody waited, until now."""
        with self._lock:
            return self._total_s + (time.monotonic() - self._since if self._waiting else 0.0)
