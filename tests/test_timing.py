"""Which samples of a time decide, and what a runner that is slow itself leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from smoke.calibration import Calibration, Reference, both
from smoke.model import Blame, Finding, Measurement, Outcome, Unit
from smoke.retry import RetryPolicy, wait_before_next
from smoke.timing import Circumstances, over_budget, sampled, samples_wanted
from tests.support.judging import an_attempt

BAND = Reference.PAGE.band_ms


def taken(*samples: float, budget: float = 3000, **changes: Any) -> Measurement:
    first, *further = samples
    return sampled(Measurement(name="home.load_ms", value=first, budget=budget, **changes), further)


def under(*readings_ms: float, why: str | None = None) -> Circumstances:
    calibration = Calibration(reference=Reference.PAGE, readings_ms=readings_ms, band_ms=BAND) if readings_ms else None
    return Circumstances(calibration=calibration, unrepeatable=why)


@pytest.mark.parametrize(
    ("measurement", "wanted"),
    [
        (taken(3000), 1),
        (taken(3001), 3),
        (taken(9001), 1),
        (taken(5000, ceiling=5000), 3),
        (taken(5001, ceiling=5000), 1),
        (taken(900, budget=100), 3),
        (taken(1101, budget=100), 1),
        (taken(4000, 2000, 2000), 3),
        (taken(4000, 4000, 4000), 3),
        (taken(4000, 4000, 2000), 5),
        (taken(4000, 4000, 2000, 4000, 2000), 5),
        (taken(0.3, budget=0.1, unit=Unit.SCORE), 1),
    ],
    ids=str,
)
def test_one_good_sample_three_that_agree_or_five(measurement: Measurement, wanted: int) -> None:
    """A ceiling is three times the budget, and no less than a lost packet above it, unless somebody says."""
    assert samples_wanted(measurement) == wanted


def test_the_median_is_told_with_its_samples() -> None:
    """Whoever reads it sees how far the samples lie apart."""
    finding = over_budget(taken(6214, 3100, 4000), under(80))
    assert (finding.rule, finding.blame) == ("home.load_ms (4000) <= 3000", Blame.SLOW)
    assert finding.evidence == (
        "median of 3 samples: 6214, 3100, 4000 ms",
        "runner: reference page 80 ms, its band ends at 300 ms",
    )


def test_a_runner_outside_its_band_is_no_fault_of_the_application() -> None:
    """The rule is the runner's; what was too slow stands beneath it."""
    finding = over_budget(taken(4000, 4000, 4000), under(412))
    assert (finding.rule, finding.blame) == (
        "runner too slow: reference page 412 ms, its band ends at 300 ms",
        Blame.HARNESS,
    )
    assert finding.evidence[0] == "home.load_ms (4000) <= 3000"
    assert finding.blame.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("readings_ms", "value", "blame"),
    [
        ((BAND,), 4000, Blame.SLOW),
        ((BAND + 1,), 4000, Blame.HARNESS),
        ((900.0, 80.0), 4000, Blame.SLOW),
        ((80.0, 900.0), 4000, Blame.SLOW),
        ((900.0, 400.0), 6999, Blame.HARNESS),
        ((900.0, 400.0), 7001, Blame.SLOW),
        ((), 4000, Blame.SLOW),
    ],
)
def test_a_slow_runner_explains_only_so_much(readings_ms: tuple[float, ...], value: float, blame: Blame) -> None:
    """So one that is always slow still sees what is far too slow."""
    assert over_budget(taken(value, value, value), under(*readings_ms)).blame is blame


def test_a_sample_that_cannot_be_taken_again_fails_beyond_its_ceiling_only() -> None:
    """What writes is done once; with a second sample, or a second attempt, it may be judged."""
    why = "it has written POST /orders, and is not tried again"
    once = over_budget(taken(4000), under(80, why=why))
    assert (once.rule, once.blame) == (
        f"home.load_ms (4000) <= 3000, but one sample is all there is: {why}",
        Blame.HARNESS,
    )
    assert over_budget(taken(9001), under(80, why=why)).blame is Blame.SLOW
    assert over_budget(taken(4000, 4000, 4000), under(80, why=why)).blame is Blame.SLOW
    assert over_budget(taken(4000), under(80)).blame is Blame.SLOW


def test_a_layout_that_shifts_does_so_on_any_runner() -> None:
    """What is no time is judged at once."""
    shifted = Measurement(name="home.cls", value=0.3, budget=0.1, unit=Unit.SCORE)
    assert over_budget(shifted, under(9000, why="it writes")) == Finding(
        rule="home.cls (0.300) <= 0.1", blame=Blame.SLOW
    )


@pytest.mark.parametrize(("samples", "again"), [((9001,), False), ((4000, 4000, 4000), True), ((4000,), True)])
def test_what_is_beyond_its_ceiling_is_not_tried_again(samples: tuple[float, ...], again: bool) -> None:
    """Everything else gets the attempt that every slow check gets."""
    slow = over_budget(taken(*samples), under(80))
    attempt = an_attempt(Blame.SLOW)
    tried = type(attempt)(number=1, started=0.0, duration_ms=1.0, findings=(slow,))
    assert (wait_before_next(RetryPolicy(), tried, 0.5) is not None) is again


def test_readings_before_and_after_are_one_calibration() -> None:
    """Each of them may be missing."""
    before, after = (under(value).calibration for value in (500.0, 90.0))
    assert both(before, after) == under(500.0, 90.0).calibration
    assert both(None, after) == after
    assert both(before, None) == before
