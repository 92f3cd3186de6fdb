"""The processes that a process started, and that still run."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

GONE = {"Z", "X"}


def children(parent: int) -> tuple[int, ...]:
    """Return the process ids of the children of ``parent`` (Linux, proc(5)); elsewhere none are known."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, its_parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(its_parent) == parent and state not in GONE:
                found.append(int(folder.name))
    return tuple(found)


def command_of(pid: int) -> str:
    """Return the command line of a process, or an empty text if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(pid: int) -> None:
    """End a process at once; one that is gone already needs no end."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
