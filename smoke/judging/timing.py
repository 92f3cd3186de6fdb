"""Budgets of time: what one sample may decide, what the median of several, and what a busy runner leaves open. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from smoke.calibration import Calibration
from smoke.judging.causes import RUNNER_BUSY, SLOW_ONCE
from smoke.model import Blame
from smoke.observation import Finding, Measurement, Standard, Unit

SAMPLES = 3
"""Cold samples whose median is judged, the first among them."""
MOST_SAMPLES = 5
"""As many where three are too slow by their median, but not all of them; and as many before none of them is in time."""
FEW = 20
"""Of fewer samples, the largest alone is their 95th percentile."""
FACTOR = 3.0
LOST_PACKETS_MS = 3000.0
"""What two packets, lost one after the other, cost a connection that begins: 1 s and 2 s (RFC 6298, 2.1 and 5.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under which something took longer than its budget."""

    calibration: Calibration | None = None
    """None: the runner was not asked."""
    unrepeatable: str | None = None
    """Why the check cannot be tried again, where it cannot."""


QUIET = Circumstances()


def written_once(written: Collection[str]) -> str | None:
    """Say why what has ``written`` is not tried again; None where it has not."""
    return f"it has written {', '.join(written)}, and is not tried again" if written else None


def ceiling_of(measurement: Measurement) -> float:
    """Return above what one sample is enough: as was said, else three times the budget, two lost packets at least.

    In milliseconds; infinite where there is no budget.
    """
    if measurement.ceiling is not None or measurement.budget is None:
        return math.inf if measurement.ceiling is None else measurement.ceiling
    return max(FACTOR * measurement.budget, measurement.budget + LOST_PACKETS_MS)


def is_beyond_ceiling(measurement: Measurement) -> bool:
    """Tell whether one sample is enough to say that ``measurement`` is too large."""
    value = None if measurement.samples or measurement.unit is not Unit.MS else measurement.value
    return value is not None and value > ceiling_of(measurement)


def is_too_slow_once(measurement: Measurement) -> bool:
    """Tell whether ``measurement`` is over its budget by one sample alone, which does not decide."""
    return is_too_slow(measurement) and len(measurement.samples) < 2 and not is_beyond_ceiling(measurement)


def is_too_slow(measurement: Measurement) -> bool:
    """Tell whether ``measurement`` is a time over its budget."""
    return measurement.ok is False and measurement.unit is Unit.MS


def samples_wanted(measurement: Measurement) -> int:
    """Return how many samples decide: one that is good or beyond the ceiling, three that agree, or five.

    By the quickest sample: the first one that is good, or five that are not.
    """
    samples = measurement.samples or (measurement.value,)
    if not is_too_slow(measurement) or is_beyond_ceiling(measurement):
        return len(samples)
    if measurement.standard is Standard.QUICKEST:
        return MOST_SAMPLES
    if len(samples) < SAMPLES:
        return SAMPLES
    agreed = all(each is not None and each > (measurement.budget or 0.0) for each in samples)
    return len(samples) if agreed else MOST_SAMPLES


def least_samples(standard: Standard) -> int:
    """Return how many samples there must be, the first among them, once that one was too slow."""
    match standard:
        case Standard.MEDIAN:
            return SAMPLES
        case Standard.QUICKEST | Standard.SECOND_SLOWEST | Standard.SURE_PERCENTILE:
            return 2
        case _:
            assert_never(standard)


def sampled(measurement: Measurement, further: Sequence[float]) -> Measurement:
    """Return ``measurement`` with the median of its own value and ``further`` ones of the same thing."""
    if measurement.value is None or not further:
        return measurement
    samples = (measurement.value, *further)
    return replace(measurement, value=statistics.median(samples), samples=samples)


def p95_of(name: str, times_ms: Sequence[float], budget_ms: float, standard: Standard) -> Measurement:
    """Return the 95th percentile of ``times_ms`` (nearest rank); one sample alone never breaks ``budget_ms``.

    In the last attempt (``standard``), what so few samples show by chance does not break it either.
    """
    times = sorted(times_ms)
    value, few = times[math.ceil(0.95 * len(times)) - 1], len(times) < FEW
    taken = Measurement(name=name, value=value, budget=budget_ms, ceiling=math.inf)
    if standard is Standard.QUICKEST:
        return replace(taken, samples=tuple(times_ms), standard=Standard.SURE_PERCENTILE)
    return replace(taken, samples=tuple(times_ms), standard=Standard.SECOND_SLOWEST) if few else taken


def over_budget(measurement: Measurement, circumstances: Circumstances = QUIET) -> Finding:
    """Say rule and evidence of a broken budget in one line: ``homepage.load_ms (6214) <= 3000``.

    Where the runner may be the cause, or where one sample is all there is and all there will be, that is no fault of
    the application.
    """
    value, budget = measurement.judged or 0.0, measurement.budget or 0.0
    digits = 0 if value >= 10 and round(value) > budget else 3
    rule = f"{measurement.name} ({value:.{digits}f}) <= {budget:g}"
    calibration, why = _reading(measurement, circumstances.calibration), circumstances.unrepeatable
    evidence = tuple(_evidence(measurement, calibration))
    if measurement.unit is not Unit.MS:
        return Finding(rule=rule, blame=Blame.SLOW)
    if calibration and calibration.explains(value, budget):
        slow = f"runner too slow: {calibration}"
        return Finding(rule=slow, blame=Blame.HARNESS, evidence=(rule, *evidence), cause=RUNNER_BUSY)
    if is_beyond_ceiling(measurement):
        return Finding(rule=rule, blame=Blame.SLOW, evidence=evidence, settled=True)
    if why and len(measurement.samples) < 2:
        only = f"{rule}, but one sample is all there is: {why}"
        return Finding(rule=only, blame=Blame.HARNESS, evidence=evidence, cause=f"{measurement.name} {SLOW_ONCE}")
    return Finding(rule=rule, blame=Blame.SLOW, evidence=evidence)


def _reading(measurement: Measurement, calibration: Calibration | None) -> Calibration | None:
    """Return what the runner said at the time of the samples; of the last one of all, only what it said right then."""
    last = is_too_slow_once(measurement) and measurement.standard is Standard.QUICKEST
    return calibration.at_first if calibration and last else calibration


def _evidence(measurement: Measurement, calibration: Calibration | None) -> Iterator[str]:
    if len(measurement.samples) > 1:
        listed = ", ".join(f"{each:.0f}" for each in measurement.samples)
        yield f"{measurement.standard} of {len(measurement.samples)} samples: {listed} ms"
    if calibration:
        yield f"runner: {calibration}"
