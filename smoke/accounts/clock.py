"""How far the target's clock is from ours, by the Date header of its answers (RFC 9110, 6.6.1)."""

from __future__ import annotations

import statistics
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

TOLERATED_S = 2.0
"""Date has whole seconds, and answers take their time: below this we call it the same time."""
KEPT = 101


@dataclass(slots=True)
class Clock:
    """What the answers of one run told of the target's time; any thread may call."""

    _offsets: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self, headers: Mapping[str, str], local: float) -> None:
        """Take note of an answer that came at ``local``, seconds since the epoch; header names in lower case.

        What a cache kept (it says so by Age) tells the time of long ago, and is left out.
        """
        offset = None if headers.get("age", "0") != "0" else offset_of(headers.get("date", ""), local)
        if offset is not None:
            with self._lock:
                self._offsets.append(offset)

    @property
    def skew_s(self) -> float:
        """Seconds that the target's clock is ahead of ours, the median of what was seen; 0 if that is next to none."""
        with self._lock:
            skew = statistics.median(self._offsets) if self._offsets else 0.0
        return skew if abs(skew) > TOLERATED_S else 0.0


def offset_of(date: str, local: float) -> float | None:
    """Return the seconds from ``local`` to the time that a Date header names; None if it names none. Pure."""
    try:
        return parsedate_to_datetime(date).timestamp() + 0.5 - local  # cut off, not rounded: half a second on average
    except (ValueError, OverflowError):
        return None
