"""The kernel's lock on a file, which ends with the process that holds it."""

from __future__ import annotations


def take(descriptor: int) -> bool:
    """Take the lock on an open file if it is free; True too where files cannot be locked. Raises OSError."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def give_back(descriptor: int) -> None:
    """Let others take the lock, while the file stays open."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_UN)
