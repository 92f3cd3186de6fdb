"""Simulates many suites that platforms start again and again: who waits, who is skipped, how many run at once. Pure.

Every suite draws from a generator of its own, seeded by its name: what happens to one changes nothing for another, two
simulations that differ in one input meet the same weather, and the same input always gives the same outcome.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from random import Random
from statistics import NormalDist
from typing import assert_never

NORMAL = NormalDist()
P95 = NORMAL.inv_cdf(0.95)


class Start(Enum):
    """When the suites are due within their interval."""

    TOGETHER = auto()
    """All at its beginning, as with the same cron line."""
    STAGGERED = auto()
    """Each at an offset that follows from its name."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes, in seconds: log-normal, one in twenty longer than ``p95``."""

    median: float
    p95: float

    def draw(self, random: Random) -> float:
        """Return one duration."""
        sigma = math.log(self.p95 / self.median) / P95
        return self.median * math.exp(sigma * NORMAL.inv_cdf(min(max(random.random(), 1e-12), 1 - 1e-12)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Suites, and what they run on."""

    suites: int
    interval_s: float
    start: Start
    run: Spread
    """A run, from the start of the program to its end."""
    hangs: float = 0.0
    """The share of runs that hang until their time-out."""
    timeout_s: float
    """What ends a run: the time-out of its execution point."""
    drift: Spread
    """From the moment at which a platform turns to a start until its machine is there."""
    cold: float = 0.0
    """The share of runs that find no image, no cache or no warm machine."""
    cold_s: Spread = Spread(1.0, 1.0)
    """What these take longer."""
    places: int | None = None
    """How many runs there may be at once; None: as many as come."""
    starts_per_s: float | None = None
    """How many starts the platform turns to in a second; None: as many as come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a simulation came to; times in seconds."""

    slots: int
    """Runs that were due. Each was begun or skipped."""
    begun: int
    skipped: int
    """The run before it had not ended yet, and runs of a suite never overlap (``concurrencyPolicy: Forbid``)."""
    hung: int
    busy: tuple[int, ...]
    """The most places that were in use in each second."""
    waiting: int
    """The most runs that waited for a place at once."""
    late: tuple[float, ...]
    """From each slot to the first check of its run, sorted."""
    gaps: tuple[float, ...]
    """The longest time without the beginning of a run, of each suite in their order."""

    @property
    def peak(self) -> int:
        """The most places that were ever in use."""
        return max(self.busy)


def share(values: Sequence[float], part: float) -> float:
    """Return what ``part`` (0 to 1) of the sorted ``values`` do not exceed."""
    return values[min(len(values) - 1, max(0, math.ceil(part * len(values)) - 1))]


def names(count: int) -> Iterator[str]:
    """Yield names of suites."""
    return (f"suite-{number:05}" for number in range(count))


def offset(name: str, interval_s: float) -> int:
    """Return how many whole seconds after the others the suite ``name`` starts: the same on every machine."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % int(interval_s)


def simulate(fleet: Fleet, seconds: float) -> Outcome:
    """Let ``fleet`` run for so long, and then every run come to its end."""
    platform = _Platform(fleet)
    for due, number in _slots(fleet, seconds):
        platform.until(due)
        platform.due(due, number)
    platform.until(math.inf)
    return platform.outcome(seconds)


def _slots(fleet: Fleet, seconds: float) -> Iterator[tuple[float, int]]:
    match fleet.start:
        case Start.TOGETHER:
            firsts = [(0.0, number) for number in range(fleet.suites)]
        case Start.STAGGERED:
            firsts = sorted((float(offset(name, fleet.interval_s)), at) for at, name in enumerate(names(fleet.suites)))
        case _:
            assert_never(fleet.start)
    for turn in range(math.ceil(seconds / fleet.interval_s)):
        yield from ((turn * fleet.interval_s + first, number) for first, number in firsts)


class _Kind(IntEnum):
    ENDS = 0
    """Before a machine that gets there at the same moment: its place is free."""
    READY = 1


@dataclass(slots=True)
class _Suite:
    random: Random
    due: float = 0.0
    runs: bool = False
    """From its slot to its end, waiting included."""
    begun: float = 0.0
    gap: float = 0.0


@dataclass(slots=True)
class _Platform:
    fleet: Fleet
    suites: list[_Suite] = field(init=False)
    events: list[tuple[float, _Kind, int]] = field(default_factory=list)
    queue: deque[int] = field(default_factory=deque)
    turned: float = -math.inf
    used: int = 0
    slots: int = 0
    skipped: int = 0
    hung: int = 0
    waiting: int = 0
    busy: dict[int, tuple[int, int]] = field(default_factory=dict)
    """In each second in which something changed: the most places in use, and those at its end."""
    late: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.suites = [_Suite(Random(name)) for name in names(self.fleet.suites)]

    def due(self, now: float, number: int) -> None:
        suite = self.suites[number]
        self.slots += 1
        if suite.runs:
            self.skipped += 1
            return
        rate = self.fleet.starts_per_s
        self.turned = max(now, self.turned + 1 / rate) if rate else now
        suite.due, suite.runs = now, True
        heapq.heappush(self.events, (self.turned + self.fleet.drift.draw(suite.random), _Kind.READY, number))

    def until(self, time: float) -> None:
        while self.events and self.events[0][0] <= time:
            now, kind, number = heapq.heappop(self.events)
            match kind:
                case _Kind.ENDS:
                    self._end(now, number)
                case _Kind.READY:
                    self._ready(now, number)
                case _:
                    assert_never(kind)

    def _ready(self, now: float, number: int) -> None:
        if self.fleet.places is not None and self.used >= self.fleet.places:
            self.queue.append(number)
            self.waiting = max(self.waiting, len(self.queue))
        else:
            self._begin(now, number)

    def _begin(self, now: float, number: int) -> None:
        suite, fleet = self.suites[number], self.fleet
        self._count(now, +1)
        cold, hangs, takes = suite.random.random(), suite.random.random(), fleet.run.draw(suite.random)
        begins = now + (fleet.cold_s.draw(suite.random) if cold < fleet.cold else 0.0)
        hung = hangs < fleet.hangs or takes > fleet.timeout_s
        self.hung += hung
        self.late.append(begins - suite.due)
        suite.gap, suite.begun = max(suite.gap, begins - suite.begun), begins
        heapq.heappush(self.events, (begins + (fleet.timeout_s if hung else takes), _Kind.ENDS, number))

    def _end(self, now: float, number: int) -> None:
        self.suites[number].runs = False
        self._count(now, -1)
        if self.queue:
            self._begin(now, self.queue.popleft())

    def _count(self, now: float, change: int) -> None:
        most, _ = self.busy.get(int(now), (self.used, self.used))
        self.used += change
        self.busy[int(now)] = (max(most, self.used), self.used)

    def outcome(self, seconds: float) -> Outcome:
        gaps = (max(suite.gap, seconds - suite.begun) for suite in self.suites)
        return Outcome(
            slots=self.slots,
            begun=len(self.late),
            skipped=self.skipped,
            hung=self.hung,
            busy=tuple(self._each_second(math.ceil(seconds))),
            waiting=self.waiting,
            late=tuple(sorted(self.late)),
            gaps=tuple(gaps),
        )

    def _each_second(self, seconds: int) -> Iterator[int]:
        level = 0
        for second in range(seconds):
            most, level = self.busy.get(second, (level, level))
            yield most
