"""How fast the runner itself is, read where a budget was exceeded: what that explains is no fault of a target. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

WEIGHT = 10.0
"""How many times its reference a runner outside its band may add to what it times itself."""


class Reference(StrEnum):
    """Work of a known amount that asks nothing of any target."""

    PAGE = "reference page"
    EXCHANGE = "reference exchange"

    @property
    def band_ms(self) -> float:
        """The most that it takes on a runner that can judge timings: five times as long as on two idle cores."""
        match self:
            case Reference.PAGE:
                return 300.0
            case Reference.EXCHANGE:
                return 75.0
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a reference took, before and after the samples that it stands beside."""

    reference: Reference
    readings_ms: tuple[float, ...]
    """At least one; the first is the nearest to what was too slow."""
    band_ms: float
    """The band ends here."""

    @property
    def value_ms(self) -> float:
        """The best of the readings: a runner that is always busy never has a good one."""
        return min(self.readings_ms)

    @property
    def is_within(self) -> bool:
        """Whether the runner is within its band."""
        return self.value_ms <= self.band_ms

    @property
    def at_first(self) -> Calibration:
        """How fast the runner was before it had any time to calm down: all that counts for what is not timed again."""
        return replace(self, readings_ms=self.readings_ms[:1])

    def explains(self, value_ms: float, budget_ms: float) -> bool:
        """Tell whether the runner alone may have made ``value_ms`` of what keeps ``budget_ms``."""
        return not self.is_within and value_ms - WEIGHT * self.value_ms <= budget_ms

    def __str__(self) -> str:
        return f"{self.reference} {self.value_ms:.0f} ms, its band ends at {self.band_ms:g} ms"


def both(before: Calibration | None, after: Calibration | None) -> Calibration | None:
    """Return two readings of one reference as one; each may be missing."""
    if before is None or after is None:
        return before or after
    return replace(before, readings_ms=(*before.readings_ms, *after.readings_ms))
