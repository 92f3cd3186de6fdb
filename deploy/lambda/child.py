"""Runs a program as a process of its own, which ends in time whatever it does."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from smoke.host.children import children, kill

REST_S = 1.0
"""How long what it wrote last may take to be read."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a program is stopped, in monotonic seconds."""

    told: float
    """Then it is asked to end by itself, with a verdict."""
    killed: float
    """Then it is ended, with all that it started."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    """Its exit code, or -9 where SIGKILL ended it."""
    by_itself: bool
    """Whether nobody had to ask it to."""


def run_child(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], times: Times, say: Callable[[str], None]
) -> Ended:
    """Run ``command`` in ``folder`` to its end, ``say`` each line it writes, and leave nothing that it started."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    assert process.stdout
    reader = threading.Thread(target=_pass_on, args=(process.stdout, say), daemon=True)
    reader.start()
    try:
        by_itself = _ends(process, times.told)
        if not by_itself:
            process.send_signal(signal.SIGTERM)
            _ends(process, times.killed)
    finally:
        for pid in _family(process.pid) if process.poll() is None else ():
            kill(pid)
    code = process.wait()
    reader.join(REST_S)
    return Ended(code, by_itself)


def _ends(process: subprocess.Popen[str], by: float) -> bool:
    try:
        process.wait(max(0.0, by - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _pass_on(lines: IO[str], say: Callable[[str], None]) -> None:
    for line in lines:
        say(line.rstrip("\n"))


def _family(pid: int) -> Iterable[int]:
    """Return ``pid`` and all that descends from it, before any of them is gone."""
    return [pid, *(each for child in children(pid) for each in _family(child))]
