"""Slots of the schedule and the runs that answer them, across changes of the clock, gaps and repetition."""

from __future__ import annotations

import pytest

from smoke.availability.ledger import answers, kept_to
from smoke.config.cron_schedule import Schedule
from tests.alerts.pasts import DAY, HOUR, MINUTE, at

HALF = 30 * MINUTE
START = at("2026-03-02 00:00")


def a_schedule(cron: str = "*/30 * * * *", **more) -> Schedule:
    return Schedule(**{"suite": "shop", "environment": "production", "cron": cron, "regions": ("eu",), **more})


def figures(starts, until=START + DAY, since=START, schedule=None, regions=("eu",)):
    found = kept_to([schedule or a_schedule()], regions, [("eu", each) for each in starts], since, until)
    return found.expected, found.missed, found.drift_p50, found.drift_p95


def test_drift_is_from_the_slot_to_the_start():
    """By nearest rank: of twenty, the nineteenth is the 95th percentile."""
    starts = [START + index * HALF + drift for index, drift in enumerate([10.0] * 18 + [400.0, 700.0])]
    assert figures(starts, until=START + 20 * HALF) == (20, 0, 10.0, 400.0)


def test_a_gap_is_missed_slots():
    """Four of ten; the last one is not missed until half an interval has passed."""
    starts = [START + index * HALF + 5 for index in (0, 1, 6, 7, 8)]
    assert figures(starts, until=START + 9 * HALF + 0.5 * HALF)[:2] == (9, 4)
    assert figures(starts, until=START + 9 * HALF + 0.5 * HALF + 1)[:2] == (10, 5)


def test_a_slot_is_answered_once_by_whoever_came_first():
    """A run that is repeated, imported twice, or out of order changes nothing."""
    starts = [START + HALF + 90, START + 20, START + 60, START + 20]
    assert figures(starts, until=START + 2 * HALF) == (2, 0, 20.0, 90.0)


def test_a_run_that_comes_a_whole_slot_late_answers_the_later_one():
    """What it was late for was missed."""
    assert answers([0.0, 100.0], [105.0], early=10.0) == {100.0: 105.0}


def test_a_clock_that_is_a_little_ahead_or_behind_is_forgiven():
    """A run just before its slot answers that one, not the one before with a drift of half an hour."""
    assert figures([START - 2, START + HALF - 3], until=START + 2 * HALF) == (2, 0, -3.0, -2.0)


def test_starts_from_nowhere_near_answer_nothing():
    """A clock that jumped: before everything, or in regions that are not asked about."""
    assert figures([START - 30 * DAY], until=START + HALF) == (1, 1, None, None)
    assert figures([START], until=START + HALF, regions=("us",)) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-03-29", 46), ("2026-10-25", 50), ("2026-10-26", 48)], ids=["short", "long", "usual"]
)
def test_a_day_has_as_many_slots_as_it_has_half_hours(day, expected):
    """In Berlin, where clocks change; a run at each of them is late by nothing."""
    schedule = a_schedule(time_zone="Europe/Berlin")
    since = at(f"{day} 00:00", "Europe/Berlin")
    until = since + expected * HALF
    starts = [since + index * HALF for index in range(expected)]
    assert figures(starts, since=since, until=until, schedule=schedule) == (expected, 0, 0.0, 0.0)


@pytest.mark.parametrize("cron", ["*/30 * * * *", "30 2 * * *", "15 */2 * * *", "* * * * *", "0 8-18 * * 1-5"])
@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_the_slot_of_a_start_is_one_of_the_schedule(cron, night):
    """Looked up alone it is the same as among all, at any moment of a night in which clocks change."""
    schedule = a_schedule(cron, time_zone="Europe/Berlin")
    midnight = at(f"{night} 00:00")
    slots = schedule.slots(midnight - 4 * DAY, midnight + DAY)
    for start in (midnight + index * 611 for index in range(60)):
        assert schedule.latest(start) == max(slot for slot in slots if slot <= start + schedule.early)


def test_nights_without_slots_do_not_stretch_the_pace():
    """They count for the longest gap, and not for how long a run speaks."""
    schedule = a_schedule("*/30 8-17 * * *")
    assert (schedule.pace, schedule.interval) == (HALF, 14 * HOUR + HALF)
