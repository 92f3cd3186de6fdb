"""Counts which builds a target showed, while a run goes on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from smoke.answers.build_ids import build_of
from smoke.answers.exchange import Exchange
from smoke.answers.page_rules import BuildSource


@dataclass(slots=True)
class BuildsSeen:
    """Answers by the build that they showed; any thread may add."""

    source: BuildSource | None
    owns: Callable[[str], bool]
    """Tells whether an address is first-party."""
    counts: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    """Answers that showed none."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, *builds: str | None) -> None:
        """Count one answer for each of ``builds``; None: it showed none."""
        with self._lock:
            self.counts.update(filter(None, builds))
            self.silent += builds.count(None)

    def hear(self, exchange: Exchange) -> None:
        """Count the answer to a probe."""
        if self.source and exchange.request.method != "WS" and self.owns(exchange.request.url):
            self.take(build_of(self.source, exchange))
