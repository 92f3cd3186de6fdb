"""Output that nobody reads to its end, as with ``| head -1``, is no error: the rest is written to nowhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any


class Unbroken:
    """A text stream that goes on when its reader is gone."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text`` to whoever still reads."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        """Pass on what was written so far."""
        try:
            self._stream.flush()
        except BrokenPipeError:
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
    """Let stdout and stderr be such streams, and pass on all that was written before it ends."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Unbroken(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before
