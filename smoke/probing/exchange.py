"""What one HTTP request of a probe was and what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, complete."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Where the time of an exchange went, in milliseconds; None: that part did not happen."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its whole answer."""

    request: Request
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timing: Timing = field(default_factory=Timing)

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
        """The body parsed as JSON; raises ValueError."""
        return json.loads(self.body)
