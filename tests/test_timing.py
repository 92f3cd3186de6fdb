"""Which samples of a time decide, and what a runner that is slow itself leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from smoke.calibration import Calibration, Reference, both
from smoke.judging.causes import RUNNER_BUSY
from smoke.judging.retry import RetryPolicy, standard_of, wait_before_next
from smoke.judging.timing import (
    Circumstances,
    is_beyond_ceiling,
    over_budget,
    p95_of,
    sampled,
    samples_wanted,
    written_once,
)
from smoke.model import Blame, Outcome
from smoke.observation import Finding, Measurement, Standard, Unit, surely_slow
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
        (taken(3101, budget=100), 1),
        (taken(4000, 2000, 2000), 3),
        (taken(4000, 4000, 4000), 3),
        (taken(4000, 4000, 2000), 5),
        (taken(4000, 4000, 3000), 5),
        (taken(12000, budget=4000), 3),
        (taken(4000, 4000, 2000, 4000, 2000), 5),
        (taken(0.3, budget=0.1, unit=Unit.SCORE), 1),
    ],
    ids=str,
)
def test_one_good_sample_three_that_agree_or_five(measurement: Measurement, wanted: int) -> None:
    """A ceiling is three times the budget, and no less than two lost packets above it, unless somebody says."""
    assert samples_wanted(measurement) == wanted


def test_the_median_is_told_with_its_samples() -> None:
    """Whoever reads it sees how far the samples lie apart."""
    finding = over_budget(taken(6214, 3100, 4000), under(80))
    assert (finding.rule, finding.blame) == ("home.load_ms (4000) <= 3000", Blame.SLOW)
    assert finding.evidence == (
        "median of 3 samples: 6214, 3100, 4000 ms",
        "runner: reference page 80 ms, its band ends at 300 ms",
    )


@pytest.mark.parametrize(
    ("samples", "wanted", "ok"),
    [
        ((2900,), 1, True),
        ((4000,), 5, False),
        ((4000, 4000, 4000), 5, False),
        ((4000, 4000, 2900), 3, True),
        ((4000, 4100, 4200, 4300, 4400), 5, False),
        ((9001,), 1, False),
    ],
)
def test_the_last_attempt_is_judged_by_its_quickest_sample(
    samples: tuple[float, ...], wanted: int, *, ok: bool
) -> None:
    """What is never in time is too slow, of five; one that is in time is enough, and one beyond its ceiling, too."""
    last = taken(*samples, standard=Standard.QUICKEST)
    assert (samples_wanted(last), last.ok) == (wanted, ok)


def test_what_is_never_in_time_is_told_by_its_quickest_sample() -> None:
    """The median stays what is reported."""
    last = taken(4000, 4100, 4200, 4300, 3900, standard=Standard.QUICKEST)
    finding = over_budget(last, under(80))
    assert (finding.rule, finding.blame, last.value) == ("home.load_ms (3900) <= 3000", Blame.SLOW, 4100)
    assert finding.evidence[0] == "quickest of 5 samples: 4000, 4100, 4200, 4300, 3900 ms"


@pytest.mark.parametrize(
    ("attempts", "number", "standard"),
    [(2, 1, Standard.MEDIAN), (2, 2, Standard.QUICKEST), (3, 2, Standard.MEDIAN), (1, 1, Standard.MEDIAN)],
)
def test_only_the_last_of_several_attempts_is_judged_so(attempts: int, number: int, standard: Standard) -> None:
    """A check that gets one attempt is judged by the median, as every first attempt is."""
    assert standard_of(RetryPolicy(attempts=attempts), number) is standard


@pytest.mark.parametrize(
    ("times", "p95", "ok"),
    [
        ((90.0, 10.0, 20.0, 30.0, 40.0), 90.0, True),
        ((90.0, 10.0, 80.0, 30.0, 40.0), 90.0, False),
        ((10.0, 90.0), 90.0, True),
        ((*[10.0] * 19, 90.0), 10.0, True),
        ((*[10.0] * 18, 90.0, 90.0), 90.0, False),
    ],
)
def test_one_sample_alone_is_no_percentile(times: tuple[float, ...], p95: float, *, ok: bool) -> None:
    """Of fewer than 20 the nearest rank is the largest; that is told, but two must be too slow."""
    found = p95_of("health.p95_ms", times, 50.0, Standard.MEDIAN)
    assert (found.value, found.ok) == (p95, ok)


@pytest.mark.parametrize(("count", "slow"), [(1, 1), (2, 2), (5, 2), (10, 3), (20, 4), (100, 10)])
def test_the_last_attempt_breaks_a_percentile_only_beyond_chance(count: int, slow: int) -> None:
    """Two of twenty are too slow in every fourth look at a service of which 95 of 100 are in time."""
    assert surely_slow(count) == slow
    for bad, ok in ((slow - 1, True), (slow, False)):
        times = (*[90.0] * bad, *[10.0] * (count - bad))
        found = p95_of("health.p95_ms", times, 50.0, Standard.QUICKEST)
        assert found.ok is ok


def test_a_runner_outside_its_band_is_no_fault_of_the_application() -> None:
    """The rule is the runner's; what was too slow stands beneath it."""
    finding = over_budget(taken(4000, 4000, 4000), under(412))
    assert (finding.rule, finding.blame) == (
        "runner too slow: reference page 412 ms, its band ends at 300 ms",
        Blame.HARNESS,
    )
    assert finding.evidence[0] == "home.load_ms (4000) <= 3000"
    assert finding.blame.outcome is Outcome.INCONCLUSIVE
    assert finding.cause == RUNNER_BUSY


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


@pytest.mark.parametrize(
    ("standard", "readings_ms", "blame"),
    [
        (Standard.QUICKEST, (900.0, 80.0), Blame.HARNESS),
        (Standard.QUICKEST, (80.0, 900.0), Blame.SLOW),
        (Standard.MEDIAN, (900.0, 80.0), Blame.SLOW),
    ],
)
def test_a_runner_that_has_calmed_down_since_was_busy_all_the_same(
    standard: Standard, readings_ms: tuple[float, ...], blame: Blame
) -> None:
    """The last sample of what is not timed again counts with the runner as it was; another attempt tells of others."""
    measured = taken(4000, standard=standard)
    assert over_budget(measured, under(*readings_ms)).blame is blame
    assert over_budget(taken(4000, 4000, standard=standard), under(*readings_ms)).blame is Blame.SLOW


def test_a_sample_that_cannot_be_taken_again_fails_beyond_its_ceiling_only() -> None:
    """What writes is done once; with a second sample, or a second attempt, it may be judged."""
    why = "it has written POST /orders, and is not tried again"
    once = over_budget(taken(4000), under(80, why=why))
    assert (once.rule, once.blame) == (
        f"home.load_ms (4000) <= 3000, but one sample is all there is: {why}",
        Blame.HARNESS,
    )
    runner = "runner: reference page 80 ms, its band ends at 300 ms"
    assert once.evidence == over_budget(taken(9001), under(80, why=why)).evidence == (runner,)
    assert over_budget(taken(9001), under(80, why=why)).blame is Blame.SLOW
    assert over_budget(taken(4000, 4000), under(80, why=why)).blame is Blame.SLOW
    assert over_budget(taken(4000, 4000, 4000), under(80, why=why)).blame is Blame.SLOW
    assert over_budget(taken(4000), under(80)).blame is Blame.SLOW


def test_a_layout_that_shifts_does_so_on_any_runner() -> None:
    """What is no time is judged at once."""
    shifted = Measurement(name="home.cls", value=0.3, budget=0.1, unit=Unit.SCORE)
    assert over_budget(shifted, under(9000, why="it writes")) == Finding(
        rule="home.cls (0.300) <= 0.1", blame=Blame.SLOW
    )
    assert not is_beyond_ceiling(Measurement(name="home.cls", value=9000.0, budget=0.1, unit=Unit.SCORE))
    assert over_budget(Measurement(name="errors", value=5.0, budget=0.0, unit=Unit.COUNT)).rule == "errors (5.000) <= 0"


def test_two_samples_are_told_and_one_is_no_list() -> None:
    assert over_budget(taken(4000, 3200)).evidence == ("median of 2 samples: 4000, 3200 ms",)
    assert over_budget(p95_of("health.p95_ms", (4000.0,), 3000.0, Standard.MEDIAN)).evidence == ()


def test_a_percentile_is_never_settled() -> None:
    """Of twenty samples it is a number by itself, and however far it is over its budget, it is looked at again."""
    found = p95_of("health.p95_ms", [9000.0] * 20, 50.0, Standard.MEDIAN)
    assert (found.samples, found.ok, over_budget(found).settled) == ((), False, False)


def test_what_is_written_once_says_so() -> None:
    assert written_once(()) is None
    assert written_once(("POST /a", "PUT /b")) == "it has written POST /a, PUT /b, and is not tried again"


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
