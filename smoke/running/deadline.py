"""Ends what takes too long, on the thread that does it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from smoke.blame import DeadlineExceeded


class RunTimeoutError(BaseException):
    """The time-out of the whole run is over. Not an Exception: a journey cannot swallow it by accident."""


NOW_S = 0.05
"""Two clocks may differ by so much."""


@contextmanager
def deadline(check_s: float, run_ends: float) -> Iterator[None]:
    """Raise DeadlineExceeded within after ``check_s`` seconds, or RunTimeoutError at ``run_ends`` (monotonic).

    Interrupts waiting calls by SIGALRM, which only the main thread of a Unix process can do; elsewhere
    the browser's own time-outs bound a journey.
    """
    left = run_ends - time.monotonic()
    if left <= 0:
        raise RunTimeoutError
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signum: int, _frame: FrameType | None) -> None:
        if run_ends <= time.monotonic() + NOW_S:
            raise RunTimeoutError
        raise DeadlineExceeded(f"ends within {check_s:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, min(left, check_s))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def stopped_clock(run_ends: float) -> Iterator[None]:
    """Do not count what happens within against the deadline of the check; the run's own time goes on."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_REAL, max(NOW_S, run_ends - time.monotonic()))
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(NOW_S, min(left, run_ends - time.monotonic())))
