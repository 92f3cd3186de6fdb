"""A stretch of time, day by day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from smoke.spans import A_DAY
from smoke.timeline.states import Span, State, clipped
from smoke.timeline.times import Times, times_of

WORST_FIRST = (State.DOWN, State.UNKNOWN, State.DEGRADED, State.MAINTENANCE, State.UP)
"""Also from the bottom of a bar to its top."""
LEAST = {State.DOWN: 0.16, State.UNKNOWN: 0.16, State.DEGRADED: 0.06, State.MAINTENANCE: 0.06, State.UP: 0.16}
"""No part of a day is drawn lower than that: half an hour of an outage would not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a bar, as shares of its height."""

    state: State
    top: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of UTC, as far as it is over."""

    day: date
    times: Times

    @property
    def seconds(self) -> dict[State, float]:
        """How long it was in each state, the worst first; those that it never was in are left out."""
        found = {state: float(getattr(self.times, state)) for state in WORST_FIRST}
        return {state: seconds for state, seconds in found.items() if seconds > 0}

    @property
    def parts(self) -> tuple[Slice, ...]:
        """Its bar, from the bottom up; the last state fills what is left."""
        told = list(self.seconds.items())
        whole, bottom, found = sum(self.seconds.values()), 1.0, list[Slice]()
        for index, (state, seconds) in enumerate(told):
            rest = [LEAST[each] for each, _ in told[index + 1 :]]
            height = min(bottom - sum(rest), max(LEAST[state], seconds / whole)) if rest else bottom
            bottom -= height
            found.append(Slice(state=state, top=bottom, height=height))
        return tuple(found)


def days_of(spans: Sequence[Span], since: float, until: float) -> Iterator[Day]:
    """Yield each day of UTC that has a part within [``since``, ``until``), the oldest first."""
    begin = since
    while begin < until:
        end = min((begin // A_DAY + 1) * A_DAY, until)
        yield Day(day=datetime.fromtimestamp(begin, UTC).date(), times=times_of(clipped(spans, begin, end)))
        begin = end
