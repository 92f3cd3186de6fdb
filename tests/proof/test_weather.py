"""Weather: what it does to right answers, and that the same seed brings the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import median

import pytest

from smoke.answers.exchange import Exchange, NoAnswerError, Request, Timing
from smoke.proof.forecast import Forecast, Turn, chance_of, forecast
from smoke.proof.weather import LEAST_MS, MOST_MS, SLOW_BYTE_MS, STALL_MS, WEATHERS, Weather, latency_ms

GOOD = Exchange(
    request=Request(method="GET", url="https://shop.example/health"),
    status=200,
    headers=(("Date", "Wed, 31 Dec 2025 23:59:59 GMT"),),
    body=b"ok",
    timing=Timing(first_byte_ms=4.0, total_ms=5.0),
)
REQUESTS = {"health.root": 1, "homepage.load": 19}
HERE = ("health.root", 1)


def only(name: str, struck: Turn = HERE) -> Forecast:
    weathers = tuple(each for each in WEATHERS if each.name == name)
    assert weathers, name
    return Forecast(seed=7, number=1, weathers=weathers, struck={name: struck})


def test_latency_is_short_as_a_rule_and_long_now_and_then() -> None:
    """Log-normal: half of it is below 50 ms, and nothing outside of what a network does."""
    found = sorted(latency_ms((number + 0.5) / 10_000) for number in range(10_000))
    assert median(found) == pytest.approx(50, rel=0.01)
    assert found[9_500] > 3 * median(found), "the tail is longer than that of a normal distribution"
    assert (found[0], latency_ms(1.0), latency_ms(0.0)) == (LEAST_MS, MOST_MS, LEAST_MS)


def test_whatever_comes_later_is_measured_later() -> None:
    """By its first byte and by its end, so that budgets see it."""
    arrived = only("jitter").over(GOOD, HERE, foreign=False)
    added = arrived.timing.total_ms - 5
    assert LEAST_MS <= added <= MOST_MS
    assert arrived.timing.first_byte_ms == pytest.approx(4 + added)
    assert (arrived.status, arrived.body) == (200, b"ok")


def test_a_mishap_meets_one_answer_of_a_repetition() -> None:
    dropped, slow = only("dropped-connection"), only("slow-first-byte")
    with pytest.raises(NoAnswerError):
        dropped.over(GOOD, HERE, foreign=False)
    assert dropped.over(GOOD, ("health.root", 2), foreign=False) == GOOD
    assert slow.over(GOOD, HERE, foreign=False).timing.total_ms == 5 + SLOW_BYTE_MS
    assert slow.over(GOOD, ("homepage.load", 1), foreign=False) == GOOD


def test_third_parties_are_down_and_the_target_is_not() -> None:
    down = only("third-parties-down")
    with pytest.raises(NoAnswerError):
        down.over(GOOD, HERE, foreign=True)
    assert down.over(GOOD, HERE, foreign=False) == GOOD


def test_a_busy_runner_measures_a_little_more_and_has_burners() -> None:
    busy = only("busy-runner")
    assert 5 < busy.over(GOOD, HERE, foreign=False).timing.total_ms <= 5 + STALL_MS
    assert busy.burners == 1


def test_a_clock_is_a_second_off_in_answers_and_in_pages() -> None:
    skewed = only("clock-skew")
    assert skewed.over(GOOD, HERE, foreign=False).header("Date") == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert "Date" in skewed.script


@pytest.mark.parametrize("headers", [(), (("Date", "yesterday"),)])
def test_what_does_not_tell_the_time_is_not_off(headers: tuple[tuple[str, str], ...]) -> None:
    dateless = replace(GOOD, headers=headers)
    assert only("clock-skew").over(dateless, HERE, foreign=False) == dateless


def test_the_same_seed_brings_the_same_weather_and_another_one_another() -> None:
    first, again, other = (
        [forecast(seed, number, REQUESTS) for number in range(1, 50)] for seed in (3, 3, 4)
    )  # fmt: skip
    assert first == again != other
    times = [[one.over(GOOD, HERE, foreign=False).timing for one in each if not one.struck] for each in (first, again)]
    assert times[0] == times[1]


def test_every_weather_comes_as_often_as_it_says_and_strikes_everywhere() -> None:
    """Of a thousand repetitions; a request is as likely to be struck as any other."""
    every = [forecast(1, number, REQUESTS) for number in range(1, 1001)]
    names = Counter(name for one in every for name in one.names)
    for each in WEATHERS:
        assert names[each.name] == pytest.approx(1000 * each.share, abs=50), each.name
    struck = Counter(one.struck["jitter"] for one in every)
    assert len(struck) == 20
    assert min(struck.values()) > 20


def test_a_repetition_without_requests_is_struck_nowhere() -> None:
    assert forecast(1, 1, {}).struck == {}


def test_chances_are_spread_evenly() -> None:
    tenths = Counter(int(10 * chance_of("any", number)) for number in range(10_000))
    assert tenths.keys() == set(range(10))
    assert all(900 < count < 1100 for count in tenths.values())


def test_names_tell_weathers_apart() -> None:
    assert len({each.name for each in WEATHERS}) == len(WEATHERS)
    assert all(isinstance(each, Weather) and 0 < each.share <= 1 for each in WEATHERS)
