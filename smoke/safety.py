"""What changes the state of a target: methods, permits, and the receipt of a run. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1, without TRACE, which no browser sends)."""
WRITES = ("POST", "PUT", "PATCH", "DELETE", "WS")
"""What a permit may name; ``WS`` is a message that is sent on a WebSocket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One state-changing request that a check may make, e.g. ``POST /api/v1/auth/login``."""

    method: str
    path: str

    @staticmethod
    def parse(text: str) -> Permit:
        """Read a permit as files write it; raises ValueError."""
        match = re.fullmatch(rf"({'|'.join(WRITES)}) (/\S*)", text)
        if not match:
            raise ValueError(f"a permit is a writing method and a path, such as POST /login; got {text!r}")
        return Permit(method=match[1], path=match[2])

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def covers(self, method: str, path: str) -> bool:
        """Tell whether it permits this request; ``*`` in its path stands for one segment, a query is ignored."""
        wanted, asked = self.path.split("/"), path.partition("?")[0].split("/")
        fits = len(wanted) == len(asked) and all(map(_is_segment, wanted, asked))
        return method == self.method and fits


def _is_segment(wanted: str, asked: str) -> bool:
    """Tell whether ``asked`` is the segment, or one that ``*`` may stand for: never none, nor a way up."""
    return asked == wanted or (wanted == "*" and asked not in {"", ".", ".."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """State-changing requests of one kind that a run made, and under which permission."""

    method: str
    path: str
    count: int
    check: str
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """The receipt: what a run asked of the target."""

    requests: int = 0
    mutations: tuple[Mutation, ...] = ()
    blocked: tuple[str, ...] = ()
    silenced: int = 0
    """Requests that were answered in place of the product's telemetry, or of others who count visitors."""
    rate_limit_peak: float | None = None
    """Largest share of a declared or advertised rate limit that was used, from 0; None: none is known."""
