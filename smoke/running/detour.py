"""A server on this machine that answers in ways in which a browser cannot be told to be answered otherwise."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from urllib.parse import urlsplit

from smoke.answers.exchange import Exchange

HALF = b"<!doctype html><title>Half"
PIECES = 20
LONGEST_S = 5.0
"""For a request to come in whole."""
SELF = "'self'"
OURS = "smoke-detour"
WIDENED: dict[str, str] = {}
"""What headers say, by what was made of them here."""


@dataclass(slots=True)
class Detour:
    """Takes requests of a browser that were led here."""

    listening: socket.socket
    _slow: dict[str, tuple[Exchange, float]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def truncated(self) -> str:
        """Address of an answer that ends in the middle."""
        return f"http://{self._netloc}/truncated"

    @property
    def without_tls(self) -> str:
        """Address of HTTPS at which nobody speaks TLS."""
        return f"https://{self._netloc}/"

    def trickled(self, answer: Exchange, seconds: float) -> str:
        """Return an address at which ``answer`` comes, spread over ``seconds``; good for one request."""
        path = f"/slow/{next(self._numbers)}"
        self._slow[path] = answer, seconds
        return f"http://{self._netloc}{path}"

    @property
    def _netloc(self) -> str:
        return f"127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        """Take requests, each on a thread of its own, for as long as this process lives."""
        while True:
            taken, _ = self.listening.accept()
            threading.Thread(target=self._answer, args=(taken,), name=OURS, daemon=True).start()

    def _answer(self, taken: socket.socket) -> None:
        taken.settimeout(LONGEST_S)
        with taken:
            try:
                asked = taken.recv(65536).split(b" ", 2)
                slow = self._slow.pop(asked[1].decode(), None) if asked[0].isalpha() and len(asked) > 1 else None
                if slow is None:  # to somebody who speaks TLS, this is no answer at all
                    taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + HALF)
                else:
                    _trickle(taken, *slow)
            except OSError:  # the browser went away
                return


def _trickle(taken: socket.socket, answer: Exchange, seconds: float) -> None:
    home = "{0.scheme}://{0.netloc}".format(urlsplit(answer.request.url))
    headers = (*answer.headers, ("Content-Length", str(len(answer.body))))
    said = [f"{name}: {_widened(value, home)}" for name, value in headers]
    head = "\r\n".join([f"HTTP/1.1 {answer.status} OK", *said, "Connection: close"])
    taken.sendall(f"{head}\r\n\r\n".encode())
    size = len(answer.body) // PIECES + 1
    for begin in range(0, len(answer.body), size):
        threading.Event().wait(seconds / PIECES)
        taken.sendall(answer.body[begin : begin + size])


def _widened(value: str, home: str) -> str:
    """Let ``value`` allow what is at ``home``: a Content-Security-Policy takes the page for one of this server's."""
    became = value.replace(SELF, f"{SELF} {home}")
    WIDENED[became] = value
    return became


def as_said(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an answer as its target says them, also where it came by a detour."""
    return {name: WIDENED.get(value, value) for name, value in headers.items()}


@cache
def detour() -> Detour:
    """Return the one of this process, which listens."""
    opened = Detour(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=opened.serve, name=OURS, daemon=True).start()
    return opened
