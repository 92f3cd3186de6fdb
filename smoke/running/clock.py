"""Whether the wall clock can be trusted: times of day, one-time codes and end dates of noise hang on it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

LARGEST_STEP_S = 2.0
"""What a clock that is being set right may gain or lose in a run."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the clocks of this machine showed at one moment, in seconds."""

    wall: float = field(default_factory=lambda: time.time())  # noqa: PLW0108 - the clock of that moment
    """Since the epoch."""
    steady: float = field(default_factory=time.monotonic)
    """Since whenever; nobody sets it."""


def jump(begun: Clocks, ended: Clocks) -> str | None:
    """Say how far the wall clock jumped between two moments; None if it did not."""
    step = (ended.wall - begun.wall) - (ended.steady - begun.steady)
    if abs(step) <= LARGEST_STEP_S:
        return None
    return f"the clock of this machine jumped by {step:+.0f} s during the run"
