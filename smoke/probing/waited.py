"""Time that a probe waited for its account: it is nobody's, so it is not part of how long the probe took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Waited:
    """What was waited so far, in seconds."""

    seconds: float = 0.0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the time that passes within, however it ends."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun


_MINE: ContextVar[Waited | None] = ContextVar("waited", default=None)


@contextmanager
def waits_of_attempt() -> Iterator[Waited]:
    """Yield what the attempt that is made within waits for its account."""
    mine = Waited()
    token = _MINE.set(mine)
    try:
        yield mine
    finally:
        _MINE.reset(token)


def this_attempt() -> Waited | None:
    """Return what is counted for the attempt that is made here, as its sign; None outside of any."""
    return _MINE.get()


@contextmanager
def waiting_for(login: Waited) -> Iterator[None]:
    """Count for this attempt what ``login``, which others may share, waits while this one waits for it."""
    mine, begun, before = _MINE.get(), time.perf_counter(), login.seconds
    try:
        yield
    finally:
        if mine is not None:
            mine.seconds += min(login.seconds - before, time.perf_counter() - begun)
