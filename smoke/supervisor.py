"""Runs a run in a child process, so that however that one ends, nobody takes its silence for green."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

TOLD = {signal.SIGINT, signal.SIGTERM}
INCONCLUSIVE = 3
PR_SET_PDEATHSIG = 1


def supervised(work: Callable[[], int]) -> int:
    """Return the exit code that ``work`` returned; 3 if its process ended without, or with another.

    The child comes back from this function too, with its own code: whoever calls it must only exit then.
    Where signals cannot be waited for (anywhere but Linux and the BSDs), ``work`` is done in this process.
    """
    if not hasattr(signal, "sigwaitinfo") or not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*TOLD, signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        os.close(reading)
        if not _has_terminal():
            os.setpgid(0, 0)  # who signals our whole group reaches the child through us, and so only once
        _die_with_parent()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        code = work()
        os.write(writing, bytes([code]))
        return code
    os.close(writing)
    status = _wait(child)
    said = os.read(reading, 1)
    code = os.waitstatus_to_exitcode(status)
    if said and said[0] == code:
        return code
    how = f"signal {signal.Signals(-code).name} ended it" if code < 0 else f"it exited with {code}"
    print(f"INCONCLUSIVE: the run said no verdict: {how}", file=sys.stderr)
    return INCONCLUSIVE


def _wait(child: int) -> int:
    """Return the status of ``child`` once it ended; pass on what only this process was told."""
    while True:
        caught = signal.sigwaitinfo({*TOLD, signal.SIGCHLD})
        if caught.si_signo in TOLD:
            if caught.si_code <= 0:  # by kill(2); a terminal tells the child itself
                os.kill(child, caught.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status


def _has_terminal() -> bool:
    """Tell whether somebody can press Ctrl-C, which the terminal sends to parent and child alike."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


def _die_with_parent() -> None:
    """Ask Linux to end this process when its supervisor is killed; elsewhere it goes on alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
