"""How long each state lasted, and the shares that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smoke.timeline.states import Span, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds in each state; together the whole window."""

    up: float
    degraded: float
    down: float
    unknown: float
    maintenance: float

    @property
    def counted(self) -> float:
        """All but maintenance."""
        return self.up + self.degraded + self.down + self.unknown

    @property
    def worst(self) -> float:
        """The share that was up or degraded if it was down whenever nobody knows; 0 where nothing counts."""
        return (self.up + self.degraded) / self.counted if self.counted else 0.0

    @property
    def best(self) -> float:
        """The same if it was up whenever nobody knows; 1 where nothing counts."""
        return 1 - self.down / self.counted if self.counted else 1.0

    @property
    def seen(self) -> float | None:
        """The share of the known time in which it was up or degraded; None where nothing is known."""
        known = self.up + self.degraded + self.down
        return (self.up + self.degraded) / known if known else None


def times_of(spans: Iterable[Span]) -> Times:
    """Add ``spans`` up."""
    seconds = dict.fromkeys(State, 0.0)
    for span in spans:
        seconds[span.state] += span.seconds
    return Times(
        up=seconds[State.UP],
        degraded=seconds[State.DEGRADED],
        down=seconds[State.DOWN],
        unknown=seconds[State.UNKNOWN],
        maintenance=seconds[State.MAINTENANCE],
    )
