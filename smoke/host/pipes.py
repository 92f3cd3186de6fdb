"""Output that nobody reads to its end, as with ``| head -1``, is no error: the rest is written to nowhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any


class Unbroken:
    """A text stream that goes on when its reader is gone."""

    def __init__(self, stream: IO[str], given_up_on: type[OSError] = BrokenPipeError) -> None:
        """``given_up_on``: the errors after which nobody is told any more; any other is raised."""
        self._stream, self._given_up_on = stream, given_up_on

    def write(self, text: str) -> int:
        """Write ``text`` to whoever still reads."""
        try:
            return self._stream.write(text)
        except self._given_up_on:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        """Pass on what was written so far."""
        try:
            self._stream.flush()
        except self._given_up_on:
            self._give_up()

    def _give_up(self) -> None:
        """Let what is left, and all that follows, go nowhere: Python flushes once more when it ends."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def unbroken_pipes() -> Iterator[None]:
    """Let stdout and stderr be such streams, and pass on all that was written before it ends.

    What cannot be written to stderr, as on a full disk, is lost: the exit code says enough. A stream that was closed
    before the program began leads nowhere.
    """
    before = sys.stdout, sys.stderr
    for descriptor in range(3):
        _open_if_closed(descriptor)
    sys.stdout = Unbroken(before[0] or _stream(1))
    sys.stderr = Unbroken(before[1] or _stream(2), OSError)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _open_if_closed(descriptor: int) -> None:
    """Keep the next file that is opened from becoming what everybody writes to."""
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # the lowest that is free (POSIX), and that is this one


def _stream(descriptor: int) -> IO[str]:
    return os.fdopen(descriptor, "w", encoding="utf-8", closefd=False)
