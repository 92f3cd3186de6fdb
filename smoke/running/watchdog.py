"""Frees a run from a browser or a driver that answers no more."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from smoke.host.children import children, command_of, kill

DRIVER = "run-driver"
"""In the command line of Playwright's driver."""
LATE_S = 5.0
"""How long after the run's time-out its checks may take to end by themselves."""
UNWIND_S = 20.0
"""How long they may take once they are freed."""
CLOSE_S = 12.0
"""How long browser and driver may take to end once the checks are over."""


def free_after(seconds: float) -> threading.Timer:
    """End the driver in so many seconds if this process is still there, so that whoever waits for it goes on.

    What Playwright is asked has no time-out where it closes, and none at all while its driver stands still.
    """
    timer = threading.Timer(seconds, _end_drivers)
    timer.daemon = True
    timer.start()
    return timer


@dataclass(slots=True)
class Limit:
    """Sees to it that the checks of a run end, if not by themselves."""

    seconds: float
    """The point's time-out, from now on."""
    allow: Callable[[float], None]
    """Tells whoever would stop this process how long it may take."""
    clock: Callable[[], float] = time.monotonic
    _ends: float = field(init=False)
    timer: threading.Timer = field(init=False)
    """Ends the driver."""

    def __post_init__(self) -> None:
        self._ends = self.clock() + self.seconds
        self._set()

    def _set(self) -> None:
        left = max(0.0, self._ends - self.clock())
        self.allow(left + LATE_S + UNWIND_S)
        self.timer = free_after(left + LATE_S)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let what happens within take as long as it likes: afterwards as much time is left as before."""
        self.timer.cancel()
        self.allow(math.inf)
        begun = self.clock()
        try:
            yield
        finally:
            self._ends += self.clock() - begun
            self._set()


def _end_drivers() -> None:
    for pid in children(os.getpid()):
        if DRIVER in command_of(pid):
            kill(pid)
