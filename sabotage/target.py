"""A target that does as a sabotage tells it to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import assert_never

PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<h1>Shop</h1><script>fetch('/held').then(answer => document.querySelector('h1').textContent = 'Open')</script>"""
PATIENCE_S = 30.0


class Mood(Enum):
    """How the target answers."""

    WELL = auto()
    SILENT = auto()
    """It accepts and never answers."""
    DRIPPING = auto()
    """It answers one byte a second."""
    RUDE = auto()
    """It hangs up without a word."""


@dataclass(slots=True)
class Target:
    """A shop of one page, which opens once ``/held`` is answered, and that waits for ``release``."""

    port: int
    mood: Mood = Mood.WELL
    release: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    """A page asked ``/held``: a journey has begun, and waits."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, connection: socket.socket) -> None:
        """Serve one connection to its end."""
        with contextlib.suppress(OSError), connection:
            asked = connection.recv(65536).split(b" ")
            match self.mood:
                case Mood.WELL:
                    connection.sendall(self._answer(asked[1] if len(asked) > 1 else b""))
                case Mood.SILENT:
                    self.over.wait()
                case Mood.DRIPPING:
                    self._drip(connection)
                case Mood.RUDE:
                    return
                case _:
                    assert_never(self.mood)

    def _answer(self, path: bytes) -> bytes:
        if path == b"/held":
            self.held.set()
            self.release.wait(PATIENCE_S)
        body = PAGE if path == b"/" else b"{}"
        kind = b"text/html" if path == b"/" else b"application/json"
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        return head % (kind, len(body)) + body

    def _drip(self, connection: socket.socket) -> None:
        for byte in self._answer(b"/"):
            connection.sendall(bytes([byte]))
            if self.over.wait(1):
                return


@contextlib.contextmanager
def serving() -> Iterator[Target]:
    """Serve on the loopback interface for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        target = Target(listening.getsockname()[1])
        threading.Thread(target=_accept, args=(listening, target), daemon=True).start()
        try:
            yield target
        finally:
            target.over.set()
            target.release.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, target: Target) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=target.answer, args=(connection,), daemon=True).start()
