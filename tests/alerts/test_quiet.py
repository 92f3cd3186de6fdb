"""When nobody is told: to the second, by the clock of whoever wrote it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from smoke.config.alerts.rule_file import Maintenance, Silence
from smoke.timeline.quiet import EVER, Period, edges, silenced, under_maintenance
from tests.alerts.pasts import HOUR, at

BERLIN = "Europe/Berlin"


def a_move(since: str, until: str, **more: Any) -> Maintenance:
    begins, ends = datetime.fromisoformat(since), datetime.fromisoformat(until)
    return Maintenance(title="Move", owner="web", since=begins, until=ends, **more)


def a_silence(until: str, since: str | None = None, **more: Any) -> Silence:
    begins = None if since is None else datetime.fromisoformat(since)
    return Silence(
        rules=("down",), reason="known", owner="web", since=begins, until=datetime.fromisoformat(until), **more
    )


def quiet(entry: Maintenance, since: float, until: float) -> tuple[Period, ...]:
    return under_maintenance((entry,), "shop", "production", since, until)


def is_silent(
    entry: Silence, now: str, rule: str = "down", suite: str = "shop", environment: str = "production"
) -> bool:
    return silenced((entry,), rule, suite, environment, at(now))


@pytest.mark.parametrize(
    ("since", "until", "touched"),
    [(5, 9.9, False), (5, 10, True), (12, 13, True), (19.9, 25, True), (20, 25, False), (5, 25, True)],
)
def test_a_period_has_its_beginning_and_not_its_end(since: float, until: float, touched: bool) -> None:
    assert Period(10, 20).holds(since, until) is touched


@pytest.mark.parametrize(
    ("about", "concerned"),
    [
        ({}, True),
        ({"suites": ("shop",)}, True),
        ({"suites": ("desk",)}, False),
        ({"environments": ("canary",)}, False),
        ({"suites": ("desk",), "environments": ()}, False),
        ({"environments": ()}, True),
    ],
)
def test_maintenance_concerns_suites_and_environments(about: dict[str, Any], concerned: bool) -> None:
    """All suites in production, where nothing else is said."""
    entry = a_move("2026-03-02 10:00", "2026-03-02 12:00", **about)
    assert bool(quiet(entry, at("2026-03-02 11:00"), at("2026-03-02 11:00"))) is concerned


def test_an_hour_that_comes_twice_is_quiet_from_the_first_to_the_second() -> None:
    """It is half past two twice in that night."""
    both = Period(at("2026-10-25 00:30"), at("2026-10-25 01:30"))
    entry = a_move("2026-10-25 02:30", "2026-10-25 02:30", time_zone=BERLIN)
    assert quiet(entry, both.since, both.until) == (both,)
    silence = a_silence("2026-10-25 02:30", "2026-10-25 02:30", time_zone=BERLIN)
    assert list(edges((), (silence,), both.since - 1, both.until)) == [both.since, both.until]


def test_a_silence_without_a_beginning_is_there_already() -> None:
    assert is_silent(a_silence("2026-03-02 12:00"), "2020-01-01 00:00")
    assert not is_silent(a_silence("2026-03-02 12:00", "2026-03-02 10:00"), "2026-03-02 09:59")
    assert is_silent(a_silence("2026-03-02 12:00", "2026-03-02 10:00"), "2026-03-02 10:00")
    assert not is_silent(a_silence("2026-03-02 12:00"), "2026-03-02 12:00")
    assert list(edges((), (a_silence("2026-03-02 12:00"),), EVER, at("2026-03-02 12:00"))) == [at("2026-03-02 12:00")]


def test_a_silence_is_about_its_own_rules_and_places() -> None:
    entry = a_silence("2026-03-02 12:00", suites=("shop",))
    assert not is_silent(entry, "2026-03-02 11:00", rule="slow")
    assert not is_silent(entry, "2026-03-02 11:00", suite="desk")
    assert is_silent(entry, "2026-03-02 11:00", environment="canary")


def test_what_recurs_is_over_after_its_last_day() -> None:
    """It begins at half past nine in the evening by the clock of Berlin, also on that day."""
    entry = Maintenance(
        title="Backup", owner="web", cron="30 21 * * *", lasts="1h", until=date(2026, 3, 10), time_zone=BERLIN
    )  # fmt: skip
    begins = at("2026-03-10 20:30")
    assert quiet(entry, begins - 1, begins - 1) == ()
    assert quiet(entry, begins, begins) == (Period(begins, begins + HOUR),)
    assert quiet(entry, begins + HOUR - 1, begins + HOUR) == (Period(begins, begins + HOUR),)
    assert quiet(entry, begins + 24 * HOUR, begins + 25 * HOUR) == ()
    assert list(edges((entry,), (), begins - HOUR, begins + 48 * HOUR)) == [begins, begins + HOUR]
