"""How much of a target's rate limits a run may use, and how much it used. Pure: the time is handed in."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

WINDOWS_S = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests within so many seconds; None: nobody says how many, and a whole run counts."""

    requests: int
    window_s: float | None = None

    @staticmethod
    def parse(text: str) -> RateLimit:
        """Read ``600/min`` as files write it (per s, min, h or day); raises ValueError."""
        match = re.fullmatch(rf"([1-9]\d*)/({'|'.join(WINDOWS_S)})", text)
        if not match:
            raise ValueError(f"a rate limit is requests per {', '.join(WINDOWS_S)}, such as 600/min; got {text!r}")
        return RateLimit(int(match[1]), WINDOWS_S[match[2]])

    def __str__(self) -> str:
        window = "" if self.window_s is None else f" in {self.window_s:g} s"
        return f"{self.requests} requests{window}"


def advertised(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the limit that an answer tells: RateLimit-Policy, RateLimit-Limit or X-RateLimit-Limit; None if none does.

    ``headers`` by lower-case name. The fields are those of draft-ietf-httpapi-ratelimit-headers, old and new.
    """
    policy = headers.get("ratelimit-policy", "")
    new = re.search(r"\bq=(\d+)", policy)
    told = new[1] if new else policy or headers.get("ratelimit-limit") or headers.get("x-ratelimit-limit") or ""
    number = re.match(r"\s*([1-9]\d*)", told)
    if not number:
        return None
    window = re.search(r"\bw=(\d+)", policy or headers.get("ratelimit-limit", ""))
    return RateLimit(int(number[1]), float(window[1]) if window else None)


@dataclass(slots=True)
class Meter:
    """Counts requests against the limits that are declared or advertised, and keeps them below a share of each."""

    declared: Mapping[str, RateLimit]
    """By ``/path`` or ``METHOD /path``: it and all below it."""
    share: float
    """Of each limit, 0 to 1: what a run may use. One request is always good."""
    peak: float | None = None
    """Largest share that was used."""
    _advertised: dict[tuple[str, str], RateLimit] = field(default_factory=dict)
    _asked: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def ask(self, method: str, path: str, now: float) -> str | None:
        """Count a request at ``now`` (seconds, any clock), or return the rule that it would break."""
        limits = dict(self._limits(method, path))
        for name, limit in limits.items():
            used = self._used(name, limit, now) + 1
            if used > max(1, int(limit.requests * self.share)):
                return f"{method} {path} (request {used}) keeps within {self.share:.0%} of its rate limit of {limit}"
        for name, limit in limits.items():
            self._count(name, limit, now)
        return None

    def learn(self, method: str, path: str, limit: RateLimit, now: float) -> None:
        """Take note of what an answer advertised; the request before it counts too."""
        if self._advertised.get((method, path)) != limit:
            self._advertised[method, path] = limit
            self._count(str(limit), limit, now)

    def _limits(self, method: str, path: str) -> Iterator[tuple[str, RateLimit]]:
        for name, limit in self.declared.items():
            wanted, _, below = name.rpartition(" ")
            if wanted in {"", method} and f"{path}/".startswith(f"{below.rstrip('/')}/"):
                yield name, limit
        told = self._advertised.get((method, path))
        if told is not None:
            yield str(told), told

    def _used(self, name: str, limit: RateLimit, now: float) -> int:
        asked = self._asked[name]
        while asked and limit.window_s is not None and asked[0] <= now - limit.window_s:
            asked.popleft()
        return len(asked)

    def _count(self, name: str, limit: RateLimit, now: float) -> None:
        self._asked[name].append(now)
        self.peak = max(self.peak or 0.0, self._used(name, limit, now) / limit.requests)
