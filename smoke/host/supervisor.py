"""Runs a run in a child process, so that however that one ends, or does not, nobody takes its silence for green."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from smoke.host.children import children, kill
from smoke.host.workfolder import forget

TOLD = {signal.SIGINT, signal.SIGTERM}
INCONCLUSIVE = 3
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
START_S = 600.0
"""How long the work may take before it says how long it will take: a browser may have to be downloaded."""
GRACE_S = 3.0
"""How long what the work started may outlive it."""
LOOK_S = 0.5


def supervised(work: Callable[[], int]) -> int:
    """Return the exit code that ``work`` returned; 3 if its process ended without, or with another.

    The child ends here, with its own code, and runs nothing that was registered for the end of Python.
    Where signals cannot be waited for (anywhere but Linux and the BSDs), ``work`` is done in this process.
    """
    if not hasattr(signal, "sigwaitinfo") or not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*TOLD, signal.SIGCHLD})
    adopt_orphans()
    child = os.fork()
    if child == 0:
        os.close(reading)
        if not _has_terminal():
            os.setpgid(0, 0)  # who signals our whole group reaches the child through us, and so only once
        _die_with_parent()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return _worked(work, writing)
    os.close(writing)
    os.set_blocking(reading, False)
    work_said = Said(reading)
    status = _wait(child, work_said)
    work_said.listen()
    _end_what_is_left()
    forget(os.getpid())
    code = os.waitstatus_to_exitcode(status)
    if work_said.code == code:
        return code
    how = f"signal {signal.Signals(-code).name} ended it" if code < 0 else f"it exited with {code}"
    if work_said.is_late:
        how = "it did not end, and was stopped"
    print(f"INCONCLUSIVE: the run said no verdict: {how}", file=sys.stderr)
    return INCONCLUSIVE


_supervisor: int | None = None
"""In the child: where its supervisor listens."""


def owner() -> int:
    """Return the process whose end is the end of this run: the supervisor, or else this one."""
    return os.getpid() if _supervisor is None else os.getppid()


def allow(seconds: float) -> None:
    """Tell the supervisor, if there is one, to stop this process unless it ends, or says this again, in that time."""
    if _supervisor is not None:
        os.write(_supervisor, f"limit {seconds}\n".encode())


def _worked(work: Callable[[], int], writing: int) -> int:
    global _supervisor  # noqa: PLW0603 - one process has one supervisor
    _supervisor = writing
    code = work()
    os.write(writing, f"code {code}\n".encode())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # all is said and done: Python would take a quarter of a second to tidy up


@dataclass(slots=True)
class Said:
    """What the child said so far."""

    pipe: int
    ends: float = 0.0
    """Monotonic time by which it must have ended."""
    code: int | None = None

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + START_S

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return self.code is None and time.monotonic() > self.ends

    def listen(self) -> None:
        """Take note of what came since."""
        try:
            lines = os.read(self.pipe, 65536).decode().splitlines()
        except BlockingIOError:
            return
        for word, _, number in (line.partition(" ") for line in lines):
            if word == "limit":
                self.ends = time.monotonic() + float(number)
            else:
                self.code = int(number)


def _wait(child: int, said: Said) -> int:
    """Return the status of ``child`` once it ended; pass on what only this process was told, and stop it when late."""
    while True:
        caught = signal.sigtimedwait({*TOLD, signal.SIGCHLD}, LOOK_S)
        if caught and caught.si_signo in TOLD and caught.si_code <= 0:  # by kill(2); a terminal tells the child itself
            os.kill(child, caught.si_signo)
        said.listen()
        if said.is_late:
            kill(child)
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                return ended[1]


def _end_what_is_left() -> None:
    """Give adopted processes a moment to end, and kill those that do not."""
    ends = time.monotonic() + GRACE_S
    while _have_children():
        if time.monotonic() > ends:
            for pid in children(os.getpid()):  # theirs are ours next
                kill(pid)
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)
        if time.monotonic() > ends + GRACE_S:
            return


def _have_children() -> bool:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return False
    return True


def adopt_orphans() -> None:
    """Ask Linux to hand us whatever the work leaves behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


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
