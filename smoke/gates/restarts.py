"""Whether a process was started again while a gate looked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smoke.gates.criteria import CriterionState
from smoke.spans import written

ROUNDED_S = 1.0
"""How much younger a process may seem that tells whole seconds."""
EXACT_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a health body said of the process that answered; moments in seconds of one clock that never goes back."""

    asked_at: float
    answered_at: float
    uptime_s: float | None = None
    boot: str | None = None
    trouble: str | None = None
    """Why there is neither."""


def restarted(readings: Sequence[Reading]) -> tuple[CriterionState, str]:
    """Judge the first and the last of ``readings``, and say in one line what was seen.

    By the uptime it is a restart where the last process is younger than the first reading is old: that holds for
    several processes behind one balancer too. A boot id alone is believed to be that of the only process.
    """
    if len(readings) < 2:
        return CriterionState.UNOBSERVED, "the gate ended before there were two readings"
    first, last = readings[0], readings[-1]
    if trouble := first.trouble or last.trouble:
        return CriterionState.UNOBSERVED, trouble
    apart_s = last.asked_at - first.answered_at
    apart = written(apart_s)
    if first.uptime_s is not None and last.uptime_s is not None:
        slack_s = ROUNDED_S if last.uptime_s.is_integer() else EXACT_S
        if last.uptime_s + slack_s < apart_s:
            return (
                CriterionState.UNMET,
                f"up for {last.uptime_s:.3g} s, {apart} after the first reading: it was restarted",
            )
        return CriterionState.MET, f"no restart over {apart}, up for {written(last.uptime_s)}"
    if first.boot != last.boot:
        return CriterionState.UNMET, f"boot id {first.boot} became {last.boot} within {apart}"
    return CriterionState.MET, f"boot id {last.boot} stayed over {apart}"
