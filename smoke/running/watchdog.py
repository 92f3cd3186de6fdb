"""Frees a run from a browser or a driver that answers no more."""

from __future__ import annotations

import os
import threading

from smoke.children import children, command_of, kill

DRIVER = "run-driver"
"""In the command line of Playwright's driver."""
LATE_S = 5.0
"""How long after the run's time-out its checks may take to end by themselves."""
UNWIND_S = 20.0
"""How long they may take once they are freed."""
CLOSE_S = 12.0
"""How long browser and driver may take to end once the checks are over."""


def free_after(seconds: float) -> None:
    """End the driver in so many seconds if this process is still there, so that whoever waits for it goes on.

    What Playwright is asked has no time-out where it closes, and none at all while its driver stands still.
    """
    timer = threading.Timer(seconds, _end_drivers)
    timer.daemon = True
    timer.start()


def _end_drivers() -> None:
    for pid in children(os.getpid()):
        if DRIVER in command_of(pid):
            kill(pid)
