"""What a rule may ask, and how it is read and written again."""

from __future__ import annotations

import re

import pytest

from smoke.alerts.values import over, streak
from smoke.config.alerts.condition import Condition, Measure, Window, parse, window


@pytest.mark.parametrize(
    ("text", "bad", "good"),
    [
        ("failures < 3", 2, 3),
        ("failures <= 3", 3, 4),
        ("failures > 3", 4, 3),
        ("failures >= 3", 3, 2),
    ],
)
def test_a_comparison_is_what_it_says(text: str, bad: float, good: float) -> None:
    condition = parse(text)
    assert condition.holds(bad)
    assert not condition.holds(good)


@pytest.mark.parametrize(
    ("text", "condition", "written"),
    [
        ("success_rate < 0.9", Condition(Measure.SUCCESS_RATE, None, "<", 0.9), "success_rate < 90.00%"),
        (" error_rate>=5 % ", Condition(Measure.ERROR_RATE, None, ">=", 0.05), "error_rate >= 5.00%"),
        ("availability < 100%", Condition(Measure.AVAILABILITY, None, "<", 1.0), "availability < 100.00%"),
        ("error_rate > 0", Condition(Measure.ERROR_RATE, None, ">", 0.0), "error_rate > 0.00%"),
        ("p95( *.total_ms ) > 800ms", Condition(Measure.P95, "*.total_ms", ">", 800.0), "p95(*.total_ms) > 800"),
        ("median(a.b) > 9.99", Condition(Measure.MEDIAN, "a.b", ">", 9.99), "median(a.b) > 9.99"),
        ("max(a.b) > 10.4", Condition(Measure.MAX, "a.b", ">", 10.4), "max(a.b) > 10"),
        ("password_age >= 30 days", Condition(Measure.PASSWORD_AGE, None, ">=", 30.0), "password_age >= 30"),
    ],
)
def test_a_condition_is_read_and_written_again(text: str, condition: Condition, written: str) -> None:
    """Shares in percent, small numbers with what stands after their point."""
    assert parse(text) == condition
    assert str(condition) == written
    assert parse(written) == parse(str(parse(written)))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("success_rate", "a condition is a measure, one of < <= > >=, and a number, such as 'success_rate < 0.9'"),
        ("success_rate < 0.9 or so", "got 'success_rate < 0.9 or so'"),
        ("sucess_rate < 0.9", "unknown measure 'sucess_rate'; did you mean 'success_rate'?"),
        ("p95 > 800", "p95 says of which readings, such as p95(*.total_ms)"),
        ("failures(a.b) > 3", "failures is of no reading; write failures > 3"),
        (
            "p95(a.total*) > 3",
            "which reading is meant must be plain after the last dot, as in *.total_ms; got 'a.total*'",
        ),
        ("success_rate < 101 %", "success_rate is a share, from 0 to 1 or in %; got 101"),
    ],
)
def test_what_is_no_condition_says_the_way_out(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        parse(text)


@pytest.mark.parametrize(
    ("text", "found", "written"),
    [
        ("3 runs", Window(looks=3), "3 runs"),
        (" 1 run ", Window(looks=1), "1 run"),
        ("10m", Window(seconds=600), "10m"),
        ("7 days", Window(seconds=604800), "7d"),
    ],
)
def test_a_window_is_a_time_or_a_number_of_runs(text: str, found: Window, written: str) -> None:
    assert window(text) == found
    assert str(found) == written


@pytest.mark.parametrize("text", ["0 runs", "0s", "3", "a while", "runs"])
def test_a_window_without_room_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a window is a time such as 10m or 7 days, or a number of runs") as caught:
        window(text)
    assert str(caught.value).endswith(f"; got {text!r}")


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (Measure.MEAN, 22),
        (Measure.ERROR_RATE, 22),
        (Measure.SUCCESS_RATE, 22),
        (Measure.MEDIAN, 3),
        (Measure.P95, 100),
        (Measure.MAX, 100),
        (Measure.MIN, 1),
    ],
)
def test_a_measure_of_single_values_is_computed(measure: Measure, value: float) -> None:
    assert over(measure, (4, 2, 100, 1, 3)) == value


def test_the_percentile_is_by_nearest_rank() -> None:
    assert over(Measure.P95, range(1, 21)) == 19
    assert over(Measure.P95, range(1, 22)) == 20


def test_what_is_counted_over_looks_is_not_computed_from_values() -> None:
    with pytest.raises(ValueError, match="failures is not computed from single values"):
        over(Measure.FAILURES, (1.0,))


@pytest.mark.parametrize(("bad", "count"), [("", 0), ("B", 1), ("GBB", 2), ("BBG", 0), ("BGB", 1), ("BB", 2)])
def test_a_streak_ends_with_the_newest(bad: str, count: int) -> None:
    assert streak([letter == "B" for letter in bad]) == count
