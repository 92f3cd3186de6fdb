"""Ends what takes too long, in the greenlet that does it: several journeys may be under way on one thread."""

from __future__ import annotations

import math
import signal
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import greenlet

from smoke.judging.blame import DeadlineExceeded


class RunTimeoutError(BaseException):
    """The time-out of the whole run is over. Not an Exception: a journey cannot swallow it by accident."""


NOW_S = 0.05
"""Two clocks may differ by so much."""


@dataclass(slots=True)
class Deadline:
    """When a greenlet is told that its time is over, in monotonic seconds."""

    ends: float
    run_ends: float
    check_s: float
    loop: AbstractEventLoop | None
    armed: bool = True

    def tell(self, who: greenlet.greenlet) -> None:
        """Interrupt ``who``, which waits, unless it is done meanwhile."""
        if self.armed and not who.dead:
            who.throw(self.over())

    def over(self) -> BaseException:
        """Return what the greenlet is told."""
        if self.run_ends <= time.monotonic() + NOW_S:
            return RunTimeoutError()
        return DeadlineExceeded(f"ends within {self.check_s:g} s")


_deadlines: dict[greenlet.greenlet, Deadline] = {}


@contextmanager
def deadline(check_s: float, run_ends: float, loop: AbstractEventLoop | None = None) -> Iterator[None]:
    """Raise DeadlineExceeded within after ``check_s`` seconds, or RunTimeoutError at ``run_ends`` (monotonic;
    infinity: never).

    Interrupts waiting calls by SIGALRM, which only the main thread of a Unix process can do; elsewhere
    the browser's own time-outs bound a journey. ``loop`` is the one that waits while the journey waits.
    """
    left = run_ends - time.monotonic()
    if left <= 0:
        raise RunTimeoutError
    if not _can_ring():
        yield
        return
    mine, before = greenlet.getcurrent(), signal.signal(signal.SIGALRM, _ring)
    until = _deadlines[mine] = Deadline(time.monotonic() + min(left, check_s), run_ends, check_s, loop)
    _set()
    try:
        yield
    finally:
        until.armed = False
        _deadlines.pop(mine, None)
        _set()
        if not _deadlines and before is not _ring:
            signal.signal(signal.SIGALRM, before)


@contextmanager
def stopped_clock() -> Iterator[None]:
    """Do not count what happens within against the deadline of the check; the run's own time goes on."""
    until = _deadlines.get(greenlet.getcurrent())
    if until is None:
        yield
        return
    left, until.ends = until.ends - time.monotonic(), until.run_ends
    _set()
    try:
        yield
    finally:
        until.ends = min(time.monotonic() + left, until.run_ends)
        _set()


def _can_ring() -> bool:
    return hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()


def _set() -> None:
    """Set the one timer for whoever's time is over first."""
    ends = min((until.ends for until in _deadlines.values()), default=math.inf)
    signal.setitimer(signal.ITIMER_REAL, 0 if ends == math.inf else max(0.001, ends - time.monotonic()))


def _ring(_signum: int, _frame: FrameType | None) -> None:
    mine, raised = greenlet.getcurrent(), None
    for each, until in list(_deadlines.items()):
        if until.ends > time.monotonic() + NOW_S:
            continue
        del _deadlines[each]
        if each is mine or until.loop is None:
            raised = until.over()
        else:
            until.loop.call_soon_threadsafe(until.tell, each)
    _set()
    if raised is not None:
        raise raised
