"""Whether a journey gave up on a page that still waited for the application. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

GIVEN_UP = re.compile(r"[Tt]imeout (\d+(?:\.\d+)?)ms")
"""How Playwright says how long it waited: in its first line, or in the call log of an expectation."""
SHARE = 0.25
"""Of the time-out: for so long a request was pending that explains why it passed."""
MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a first-party request of a page took, or has been taking."""

    method: str
    path: str
    seconds: float
    """Until its answer began, or until now."""
    answered_s_ago: float | None
    """None: it is still pending."""

    def __str__(self) -> str:
        how = "was still pending after" if self.answered_s_ago is None else "answered only after"
        return f"{self.method} {self.path} {how} {self.seconds:.1f} s"


def kept_waiting(message: str, waits: Iterable[Wait]) -> tuple[str, ...]:
    """Say which requests explain that the time-out in ``message`` passed, the longest first; none if nothing does.

    That is what was pending for a good part of it when it ended, or took longer than all of it and was answered
    meanwhile. A page that always has a request open, as some do to be told news, is taken for one that waits.
    """
    given_up = GIVEN_UP.findall(message)
    if not given_up:
        return ()
    limit_s = float(given_up[-1]) / 1000
    guilty = sorted((wait for wait in waits if _explains(wait, limit_s)), key=lambda wait: -wait.seconds)
    return tuple(dict.fromkeys(map(str, guilty)))[:MOST]


def _explains(wait: Wait, limit_s: float) -> bool:
    if wait.answered_s_ago is None:
        return wait.seconds >= SHARE * limit_s
    return wait.seconds >= limit_s and wait.answered_s_ago <= limit_s
