"""The processes that a run starts, found by a mark in their environment (Linux, proc(5))."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "SMOKE_SABOTAGED"
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs."""

    pid: int
    parent: int
    session: int
    command: str

    @property
    def is_browser(self) -> bool:
        """Whether it is a browser's first process, and not the script that starts it."""
        is_script = self.command.startswith("/bin/sh")
        return "--remote-debugging-pipe" in self.command and "--type=" not in self.command and not is_script

    @property
    def is_driver(self) -> bool:
        """Whether it is Playwright's driver."""
        return "playwright" in self.command and "run-driver" in self.command

    @property
    def is_application(self) -> bool:
        """Whether it is the embedded application."""
        return "smoke.demo" in self.command

    @property
    def is_harness(self) -> bool:
        """Whether it is the harness: the supervisor, or its child that does the work."""
        return "-m smoke run" in self.command and "--type=" not in self.command

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that ended meanwhile needs none."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


@dataclass(slots=True)
class Family:
    """All processes with one mark, and those in sessions that such a one began.

    Chromium writes over the environment of its renderers, but they stay in the session of the browser.
    """

    mark: str
    _sessions: set[int] = field(default_factory=set)

    def members(self) -> tuple[Process, ...]:
        """Return those that run now."""
        running = [(process, _environ(process.pid)) for process in _running()]
        self._sessions |= {process.session for process, environ in running if self._is_marked(environ)}
        return tuple(process for process, environ in running if self._is_ours(process, environ))

    def one(self, kind: Callable[[Process], bool], within_s: float = 20.0) -> Process:
        """Wait for a member of this kind and return the first; raises TimeoutError if there is none in time."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if found := [each for each in self.members() if kind(each)]:
                return min(found, key=lambda each: each.pid)
            threading.Event().wait(POLL_S)
        raise TimeoutError("the run never started what was to be sabotaged")

    def lingering(self, within_s: float) -> tuple[Process, ...]:
        """Give the members a moment to end; return those that did not."""
        ends = time.monotonic() + within_s
        while (left := self.members()) and time.monotonic() < ends:
            threading.Event().wait(POLL_S)
        return left

    def end(self) -> None:
        """Kill whatever is left."""
        for process in self.members():
            process.send(signal.SIGKILL)

    def _is_marked(self, environ: bytes) -> bool:
        return f"{VARIABLE}={self.mark}".encode() in environ.split(b"\0")

    def _is_ours(self, process: Process, environ: bytes) -> bool:
        return process.session in self._sessions or self._is_marked(environ)


def _running() -> Iterator[Process]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            if state != "Z":
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                yield Process(int(folder.name), int(parent), int(session), command.strip())


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
