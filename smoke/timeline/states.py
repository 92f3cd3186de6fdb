"""From what runs said to who knows what at each moment: up, degraded, down, unknown, or under maintenance. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import assert_never

from smoke.config.cron_schedule import Schedule
from smoke.model import Outcome
from smoke.timeline.quiet import Period

LATE = 0.5
"""A run may be late by so much of its interval before the time since the last one counts as unknown."""


class State(StrEnum):
    """How it was for a while."""

    UP = "up"
    DEGRADED = "degraded"
    """It worked, but not everywhere, or not at the first attempt."""
    DOWN = "down"
    UNKNOWN = "unknown"
    """Nobody looked, or whoever looked could not judge."""
    MAINTENANCE = "maintenance"
    """It was allowed to be down, and counts for nothing."""


SEVERITY = (State.UP, State.DEGRADED, State.MAINTENANCE, State.UNKNOWN, State.DOWN)
"""Of two words of the same moment, the one that is named later here stands."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a run said of its region, and how long that stands unless another run says otherwise."""

    at: float
    """Seconds since the epoch, as every time here."""
    region: str
    state: State
    until: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in one state: with its beginning, without its end."""

    since: float
    until: float
    state: State

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class _Change:
    at: float
    region: str | None
    """None: maintenance begins or ends."""
    state: State


def state_of(verdict: Outcome) -> State:
    """Return what a verdict says of the application."""
    match verdict:
        case Outcome.PASS:
            return State.UP
        case Outcome.FLAKY:
            return State.DEGRADED
        case Outcome.FAIL:
            return State.DOWN
        case Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return State.UNKNOWN
        case _:
            assert_never(verdict)


def holds(interval: float) -> float:
    """Return for how many seconds a run speaks at most, where another is due after ``interval`` seconds."""
    return interval * (1 + LATE)


def needed_of(schedules: Iterable[Schedule], regions: Collection[str]) -> int:
    """Return in how many of ``regions`` it must be down to be down: as a schedule says, else in more than half."""
    said = [each.down_regions for each in schedules if each.down_regions is not None]
    return min(max(said, default=len(regions) // 2 + 1), max(1, len(regions)))


def timeline(
    words: Iterable[Word],
    regions: Collection[str],
    quiet: Iterable[Period],
    *,
    since: float,
    until: float,
    needed: int,
) -> tuple[Span, ...]:
    """Return the states from ``since`` to ``until``, without a gap, neighbours different.

    A word stands until the next one of its region, or its own end; what no word covers is unknown. It is down where
    ``needed`` of ``regions`` say so, and unknown where those that are not known could make it so. Maintenance
    (``quiet``) goes before everything. Words come in any order and as often as they like.
    """
    now: dict[str | None, State] = {None: State.UP, **dict.fromkeys(regions, State.UNKNOWN)}
    found: list[Span] = []
    begun = since
    heard = [word for word in set(words) if word.region in now]
    for change in sorted([*_said(heard), *_maintained(quiet)], key=lambda each: each.at):
        if change.at >= until:
            break
        if change.at > begun:
            _add(found, Span(begun, change.at, _of_all(now, needed)))
            begun = change.at
        now[change.region] = change.state
    if until > begun:
        _add(found, Span(begun, until, _of_all(now, needed)))
    return tuple(found)


def clipped(spans: Sequence[Span], since: float, until: float) -> Iterator[Span]:
    """Yield what of ``spans``, which follow each other, lies between two moments."""
    first = bisect_right(spans, since, key=lambda each: each.until)
    for span in islice(spans, first, None):
        if max(span.since, since) >= until:
            break
        yield Span(max(span.since, since), min(span.until, until), span.state)


def _said(words: Sequence[Word]) -> Iterator[_Change]:
    by_region: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda each: (each.at, SEVERITY.index(each.state), each.until)):
        by_region.setdefault(word.region, []).append(word)
    for each in by_region.values():
        for word, following in zip(each, [*each[1:], None], strict=True):
            yield _Change(word.at, word.region, word.state)
            if following is None or word.until < following.at:
                yield _Change(max(word.at, word.until), word.region, State.UNKNOWN)


def _maintained(quiet: Iterable[Period]) -> Iterator[_Change]:
    ends = float("-inf")
    for period in sorted(quiet, key=lambda each: (each.since, each.until)):
        if period.since > ends:
            if ends > float("-inf"):
                yield _Change(ends, None, State.UP)
            yield _Change(period.since, None, State.MAINTENANCE)
        ends = max(ends, period.until)
    if ends > float("-inf"):
        yield _Change(ends, None, State.UP)


def _of_all(now: dict[str | None, State], needed: int) -> State:
    """Return the state of the whole, from that of its regions."""
    if now[None] is State.MAINTENANCE:
        return State.MAINTENANCE
    return of_regions([state for region, state in now.items() if region is not None], needed)


def of_regions(states: Sequence[State], needed: int) -> State:
    """Return the state of the whole where its regions are in ``states``, and ``needed`` of them must be down."""
    down, unknown = states.count(State.DOWN), states.count(State.UNKNOWN)
    if not states or down < needed <= down + unknown:
        return State.UNKNOWN
    if down >= needed:
        return State.DOWN
    return State.DEGRADED if down or State.DEGRADED in states else State.UP


def _add(found: list[Span], span: Span) -> None:
    if found and found[-1].state is span.state:
        span = Span(found.pop().since, span.until, span.state)
    found.append(span)
