"""Which processes still run, and whose children they are."""

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
            state, its_parent = _stat(folder)
            if int(its_parent) == parent and state not in GONE:
                found.append(int(folder.name))
    return tuple(found)


def is_gone(pid: int) -> bool:
    """Tell whether a process ended, also where only its parent has not noticed yet and the system says so."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's
    with contextlib.suppress(OSError):
        return _stat(Path(f"/proc/{pid}"))[0] in GONE
    return False


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


def _stat(folder: Path) -> list[str]:
    """Return the state of a process and its parent."""
    return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
