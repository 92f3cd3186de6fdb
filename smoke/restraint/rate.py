"""How much of a target's rate limits a run may use, and how much it used. Pure: the time is handed in."""

from __future__ import annotations

import math
import re
from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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


def used_up(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says that nothing is left; ``headers`` by lower-case name."""
    left = re.search(r"\br=(\d+)", headers.get("ratelimit", ""))
    told = left[1] if left else headers.get("ratelimit-remaining") or headers.get("x-ratelimit-remaining") or ""
    return re.fullmatch(r"\s*0+\s*", told) is not None


def percent(share: float) -> str:
    """Write a share of 1 for people, never as 0% unless it is nothing: ``10%``, ``0.1%``."""
    return f"{share * 100:.0f}%" if share == 0 or share >= 0.1 else f"{share * 100:.2g}%"


class Endpoint(NamedTuple):
    """What a limit is told for."""

    method: str
    path: str
    origin: str = ""
    """Scheme, host and port; empty where there is only one."""


@dataclass(slots=True)
class Meter:
    """Counts requests against the limits that are declared or advertised, and keeps them below a share of each.

    An advertised limit is known from the first answer on. While every endpoint of an origin that has answered tells
    the same limit, the others are taken to have it too; what was counted for them by mistake is given back. What
    remains unknown: how much is used by what is in flight before the first answer, and, where only some endpoints
    tell a limit, the first request to each of the others. Both are counted as soon as they turn out to have it.
    """

    declared: Mapping[str, RateLimit]
    """By ``/path`` or ``METHOD /path``: it and all below it."""
    share: float
    """Of each limit, 0 to 1: what a run may use. One request is always good."""
    peak: float | None = None
    """Largest share that was used."""
    _told: dict[Endpoint, RateLimit | None] = field(default_factory=dict)
    """What the answers of each endpoint advertise."""
    _unsure: dict[Endpoint, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    """For what has not answered yet: when it was asked, and what that was counted against, if anything."""
    _asked: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def ask(self, endpoint: Endpoint, now: float) -> str | None:
        """Count a request at ``now`` (seconds, any clock), or return the rule that it would break."""
        limits = dict(self._limits(endpoint))
        for name, limit in limits.items():
            used = self._used(name, limit, now) + 1
            if used > max(1, int(limit.requests * self.share)):
                share = f"{percent(self.share)} of its rate limit of {limit}"
                return f"{endpoint.method} {endpoint.path} keeps within {share}, but would be request {used}"
        for name, limit in limits.items():
            self._count(name, limit, now)
        if endpoint not in self._told:
            presumed = self._presumed(endpoint.origin)
            self._unsure[endpoint].append((_bucket(endpoint, presumed), now))
        return None

    def wait_s(self, endpoint: Endpoint, now: float) -> float:
        """Return in how many seconds one more request keeps every limit; infinite where a whole run counts."""
        limits = dict(self._limits(endpoint))
        return max((self._wait_s(name, limit, now) for name, limit in limits.items()), default=0.0)

    def _wait_s(self, name: str, limit: RateLimit, now: float) -> float:
        most = max(1, int(limit.requests * self.share))
        if self._used(name, limit, now) < most:
            return 0.0
        return math.inf if limit.window_s is None else self._asked[name][-most] + limit.window_s - now

    def learn(self, endpoint: Endpoint, limit: RateLimit | None, now: float) -> None:
        """Take note of what an answer advertised; the requests before it count too."""
        if endpoint in self._told and self._told[endpoint] == limit:
            return
        self._told[endpoint] = limit
        asked = self._unsure.pop(endpoint, [("", now)])
        name = _bucket(endpoint, limit)
        for counted, when in asked:
            if counted == name:
                continue
            if counted and when in self._asked[counted]:
                self._asked[counted].remove(when)
            if limit is not None:
                self._count(name, limit, when)

    def exhausted(self) -> None:
        """Take note that an answer told of a limit that is used up, whoever used it."""
        self.peak = max(self.peak or 0.0, 1.0)

    def _limits(self, endpoint: Endpoint) -> Iterator[tuple[str, RateLimit]]:
        for name, limit in self.declared.items():
            wanted, _, below = name.rpartition(" ")
            if wanted in {"", endpoint.method} and f"{endpoint.path}/".startswith(f"{below.rstrip('/')}/"):
                yield name, limit
        known = endpoint in self._told
        told = self._told[endpoint] if known else self._presumed(endpoint.origin)
        if told is not None:
            yield _bucket(endpoint, told), told

    def _presumed(self, origin: str) -> RateLimit | None:
        told = {limit for each, limit in self._told.items() if each.origin == origin}
        return told.pop() if len(told) == 1 else None

    def _used(self, name: str, limit: RateLimit, now: float) -> int:
        asked = self._asked[name]
        while asked and limit.window_s is not None and asked[0] <= now - limit.window_s:
            asked.popleft()
        return len(asked)

    def _count(self, name: str, limit: RateLimit, now: float) -> None:
        insort(self._asked[name], now)
        self.peak = max(self.peak or 0.0, self._used(name, limit, self._asked[name][-1]) / limit.requests)


def _bucket(endpoint: Endpoint, limit: RateLimit | None) -> str:
    return "" if limit is None else f"{endpoint.origin} {limit}"
