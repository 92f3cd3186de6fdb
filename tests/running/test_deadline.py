"""What takes too long is ended, and nothing that runs beside it."""

from __future__ import annotations

import asyncio
import time

import greenlet
import pytest
from playwright.sync_api import Playwright, sync_playwright

from smoke.judging.blame import DeadlineExceeded
from smoke.running.aside import Aside
from smoke.running.deadline import RunTimeoutError, deadline, stopped_clock

LONG_S = 30.0


@pytest.fixture(scope="module")
def driver():
    """A driver without a browser: its loop is what journeys wait in."""
    with sync_playwright() as driver:
        yield driver


def waits(driver: Playwright, seconds: float) -> None:
    driver.chromium._sync(asyncio.sleep(seconds))


def computes() -> None:
    while True:
        pass


def caught(driver: Playwright, limit_s: float, seconds: float) -> type[BaseException] | None:
    """Wait ``seconds`` under a deadline; return what interrupted that."""
    try:
        with deadline(limit_s, time.monotonic() + LONG_S, driver.chromium._loop):
            waits(driver, seconds)
    except (DeadlineExceeded, RunTimeoutError) as error:
        return type(error)
    return None


def test_only_the_one_that_takes_too_long_is_ended(driver: Playwright) -> None:
    """Of two that wait at once the other goes on, and the loop that both wait in does too."""
    slow = Aside(driver.chromium, lambda: caught(driver, 0.2, LONG_S))
    good = Aside(driver.chromium, lambda: caught(driver, LONG_S, 0.5))
    assert slow.result(5) is DeadlineExceeded
    assert good.result(5) is None


def test_what_comes_after_is_not_interrupted(driver: Playwright) -> None:
    """A deadline that was kept never rings later."""
    assert caught(driver, 0.2, 0.01) is None
    waits(driver, 0.3)


def test_python_that_never_waits_is_ended_too(driver: Playwright) -> None:
    """A journey that computes for ever has the same limit."""
    with pytest.raises(DeadlineExceeded), deadline(0.2, time.monotonic() + LONG_S, driver.chromium._loop):
        computes()


def test_a_stopped_clock_stops_for_its_own_journey(driver: Playwright) -> None:
    """What one waits for an account is not counted; the other's time goes on."""

    def patient() -> type[BaseException] | None:
        try:
            with deadline(0.2, time.monotonic() + LONG_S, driver.chromium._loop), stopped_clock():
                waits(driver, 0.5)
        except DeadlineExceeded as error:
            return type(error)
        return None

    other = Aside(driver.chromium, patient)
    assert caught(driver, 0.2, LONG_S) is DeadlineExceeded
    assert other.result(5) is None


def test_the_end_of_the_run_ends_each(driver: Playwright) -> None:
    """At the run's time-out everybody is told so, whichever deadline of their own they had."""
    ends = time.monotonic() + 0.2

    def work() -> type[BaseException] | None:
        try:
            with deadline(LONG_S, ends, driver.chromium._loop):
                waits(driver, LONG_S)
        except RunTimeoutError as error:
            return type(error)
        return None

    both = [Aside(driver.chromium, work) for _ in range(2)]
    assert [each.result(5) for each in both] == [RunTimeoutError, RunTimeoutError]
    assert greenlet.getcurrent().parent is None
