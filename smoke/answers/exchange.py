"""What one HTTP request of a probe was and what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from smoke.answers.paths import MISSING, at_path

DESTINATION = "Sec-Fetch-Dest"
"""Header by which a request says what it is for (W3C Fetch Metadata, 2.1); a journey's own client sends none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, complete."""

    method: str
    """``WS`` for a WebSocket, whose body is the message to send."""
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    check_id: str = ""
    """The check that sends it."""

    def header(self, name: str) -> str | None:
        """The value of header ``name``, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Where the time of an exchange went, in milliseconds; None: that part did not happen."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A path that an API description lists, and the status that it answered."""

    path: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its whole answer, with what was learned around it."""

    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timing: Timing = field(default_factory=Timing)
    tls_days_left: float | None = None
    """Until the certificate ends; None without TLS."""
    closed_with: int | None = None
    """Close code of a WebSocket (RFC 6455, 7.4)."""
    listed: tuple[Listed, ...] = ()
    """What the GET paths of an API description answered, where that was asked for."""

    def header(self, name: str) -> str | None:
        """All values of header ``name`` joined by commas (RFC 9110, 5.3), or None."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @cached_property
    def text(self) -> str:
        """The body as UTF-8; bytes that are not become U+FFFD."""
        return self.body.decode("utf-8", errors="replace")

    @cached_property
    def json(self) -> object:
        """The body parsed as JSON, without the NaN and Infinity of JavaScript (RFC 8259, 6); raises ValueError."""
        return json.loads(self.body, parse_constant=_no_number)

    def at(self, path: str) -> Any:
        """Return what stands at a JSON path of the body; MISSING where nothing does, or the body is no JSON."""
        try:
            return at_path(self.json, path)
        except ValueError:
            return MISSING


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


class NoAnswer(StrEnum):
    """Ways in which no whole answer comes."""

    REFUSED = "refused"
    RESET = "reset"
    NO_NAME = "no-name"
    BAD_CERTIFICATE = "bad-certificate"
    TRUNCATED = "truncated"
    HANGS = "hangs"


class NoAnswerError(Exception):
    """Raised in place of an answer by whoever stands in for a target."""

    def __init__(self, how: NoAnswer) -> None:
        super().__init__(how.value)
        self.how = how
