"""The target's clock, as its answers tell it."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from smoke.accounts.clock import Clock

NOW = 1_800_000_000.0


def clock_of(*ahead_s: float, **headers: str) -> Clock:
    clock = Clock()
    for ahead in ahead_s:
        clock.seen({"date": formatdate(NOW + ahead, usegmt=True), **headers}, NOW)
    return clock


@pytest.mark.parametrize(("ahead_s", "skew_s"), [(90, 90.5), (-90, -89.5), (1, 0.0), (-2, 0.0), (0, 0.0)])
def test_a_clock_that_is_off_is_corrected(ahead_s: float, skew_s: float) -> None:
    """More than two seconds is a skew; less is how answers are, and whole seconds."""
    assert clock_of(ahead_s).skew_s == skew_s


def test_one_strange_answer_among_many_changes_nothing() -> None:
    """The median counts: a single server that is off does not."""
    assert clock_of(0, 0, 3600, 0, 0).skew_s == 0.0


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 99:99:99 GMT"])
def test_an_answer_without_a_time_tells_none(date: str) -> None:
    """A missing or broken header is no reason to fail."""
    clock = Clock()
    clock.seen({"date": date}, NOW)
    assert clock.skew_s == 0.0


def test_what_a_cache_kept_is_no_clock() -> None:
    """Its Date is that of the day it was made."""
    assert clock_of(-5000, -5000, age="5000").skew_s == 0.0
