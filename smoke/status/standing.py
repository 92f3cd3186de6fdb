"""How a suite's environment stands now, from what its regions said last. Pure.

It is never better than the latest word of any critical check in any region: what failed, could not be judged or is
older than the schedule allows keeps it from being up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from smoke.model import Blame, Outcome
from smoke.status.written import span
from smoke.timeline.states import Span, State, of_regions


class Status(StrEnum):
    """What a monitor is told."""

    UP = "up"
    """Every critical check passed in every region lately, at whatever attempt."""
    DOWN = "down"
    """A critical check failed in a region."""
    UNKNOWN = "unknown"


class Age(StrEnum):
    """Whether a word still stands."""

    FRESH = "fresh"
    OLD = "old"
    """It is older than the schedule allows."""
    NEVER = "never"
    """The check has not run there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The latest outcome of a check in a region."""

    check_id: str
    required: bool
    """It is critical, and the schedule's runs include it."""
    age: Age
    outcome: Outcome
    blame: Blame | None = None
    at: float | None = None
    """When its run finished; seconds since the epoch, as every time here."""

    @property
    def told(self) -> str:
        """Check and blame."""
        return f"{self.check_id} ({self.blame})" if self.blame else self.check_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionNow:
    """How it stands in one region."""

    region: str
    state: State
    since: float | None
    """None: for longer than we looked back, or nobody knows."""
    ended: float | None
    """When the newest run there finished; None: none is known."""
    took_s: float | None = None
    """How many seconds it took."""
    until: float | None
    """When the word of that run ends, unless another run comes."""
    checks: tuple[Latest, ...] = ()

    @property
    def failing(self) -> tuple[Latest, ...]:
        """Required checks that failed last."""
        return tuple(each for each in self.checks if each.required and _failed(each))

    @property
    def unclear(self) -> tuple[Latest, ...]:
        """Required checks of which nothing is known any more, or never was although they ran."""
        return tuple(each for each in self.checks if each.required and _is_unclear(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a suite's environment stands."""

    state: State
    status: Status
    since: float | None
    """None: for longer than we looked back, or nobody knows."""
    until: float | None
    """Nothing here is worth more than that it was so, from then on; None: it says nothing already."""
    why: str
    """One sentence without a full stop."""


def region_now(
    region: str,
    spans: Sequence[Span],
    *,
    since: float,
    ended: float | None,
    took_s: float | None,
    lasts: float,
    checks: Sequence[Latest],
) -> RegionNow:
    """Return how it stands in ``region``.

    ``spans`` are the states of that region alone from ``since`` on; ``lasts`` for how many seconds a run speaks.
    """
    last, until = spans[-1], None if ended is None else ended + lasts
    found = RegionNow(
        region=region,
        state=last.state,
        since=last.since if last.since > since else until if until is not None and until < since else None,
        ended=ended,
        took_s=took_s,
        until=until,
        checks=tuple(checks),
    )
    state = _no_better(last.state, found)
    return found if state is last.state else replace(found, state=state, since=None)


def standing(whole: Span, since: float | None, regions: Sequence[RegionNow], needed: int, now: float) -> Standing:
    """Return how the whole stands, of which ``whole`` is the latest state by its availability.

    ``since`` says since when, where that is known; ``needed`` in how many of ``regions`` it must be down to be down.
    """
    if whole.state is State.MAINTENANCE:
        why = "; ".join(_why(whole.state, regions, needed, now))
        return Standing(state=whole.state, status=Status.UNKNOWN, since=since, until=None, why=why)
    states = [each.state for each in regions]
    state = of_regions(states, needed)
    if state is State.UP and State.UNKNOWN in states:
        state = State.UNKNOWN
    begins = [each.since for each in regions if each.state is state and each.since is not None]
    ends = [each.until for each in regions if each.until is not None and each.until > now]
    return Standing(
        state=state,
        status=status_of(states),
        since=since if whole.state is state and since is not None else min(begins, default=None),
        until=min(ends, default=None) if state is not State.UNKNOWN else None,
        why="; ".join(_why(state, regions, needed, now)),
    )


def status_of(states: Iterable[State]) -> Status:
    """Return what a monitor is told of parts that are in ``states``: the worst; unknown without any."""
    return worst(map(_told, states))


def worst(found: Iterable[Status]) -> Status:
    """Return the worst of what monitors are told; unknown without any."""
    known = set(found) or {Status.UNKNOWN}
    return next(each for each in (Status.DOWN, Status.UNKNOWN, Status.UP) if each in known)


def _told(state: State) -> Status:
    match state:
        case State.UP | State.DEGRADED:
            return Status.UP
        case State.DOWN:
            return Status.DOWN
        case State.UNKNOWN | State.MAINTENANCE:
            return Status.UNKNOWN
        case _:
            assert_never(state)


def _no_better(state: State, region: RegionNow) -> State:
    if state not in {State.UP, State.DEGRADED}:
        return state
    if region.failing:
        return State.DOWN
    return State.UNKNOWN if region.unclear else state


def _failed(each: Latest) -> bool:
    return each.age is Age.FRESH and each.outcome is Outcome.FAIL


def _is_unclear(each: Latest) -> bool:
    return each.age is Age.OLD or (each.age is Age.FRESH and each.outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_RUN})


def _why(state: State, regions: Sequence[RegionNow], needed: int, now: float) -> Iterator[str]:
    by = {each: [region for region in regions if region.state is each] for each in State}
    match state:
        case State.UP:
            yield f"every critical check passed{_where(regions, regions)}"
        case State.DEGRADED | State.DOWN | State.UNKNOWN:
            if by[State.DOWN]:
                yield f"{_red(by[State.DOWN])}{_where(by[State.DOWN], regions)}"
                if state is State.DEGRADED:
                    yield f"down means down in {needed} of {len(regions)} regions"
            elif by[State.DEGRADED]:
                yield f"it worked at a later attempt only{_where(by[State.DEGRADED], regions)}"
            for region in by[State.UNKNOWN]:
                yield f"{_blind(region, now)}{_where([region], regions)}"
        case State.MAINTENANCE:
            yield "it is under maintenance"
        case _:
            assert_never(state)


def _red(regions: Sequence[RegionNow]) -> str:
    names = dict.fromkeys(each.told for region in regions for each in region.failing)
    return f"failed: {_listed(list(names))}" if names else "the newest run failed"


def _blind(region: RegionNow, now: float) -> str:
    if region.ended is None:
        return "no run is known"
    if region.until is not None and region.until <= now:
        return f"the newest run ended {span(now - region.ended)} ago, and the next one is overdue"
    names = [each.told for each in region.unclear]
    return f"could not be judged: {_listed(names)}" if names else "the newest run could not judge"


def _where(some: Sequence[RegionNow], every: Sequence[RegionNow]) -> str:
    if len(every) == 1:
        return ""
    return f" in {'all' if len(some) == len(every) > 1 else _listed([each.region for each in some])}" + (
        f" {len(every)} regions" if len(some) == len(every) else ""
    )


def _listed(names: Sequence[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
