"""How a place stands: never better than the latest word of any critical check in any region."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smoke.config.alerts.rule_file import Maintenance
from smoke.model import Outcome
from smoke.status.monitors import badge
from smoke.status.standing import Status, worst
from smoke.timeline.states import State
from tests.alerts.pasts import shipped
from tests.status.shop import DAY, HOUR, MINUTE, NOW, REQUIRED, SLOT, a_shop, say, shown
from tests.support.properties import unhurried

STANDS = 45 * MINUTE
"""A run every half hour speaks so long."""
GOOD = (Outcome.PASS, Outcome.FLAKY)


def test_it_is_up_where_every_critical_check_passed_lately(tmp_path: Path) -> None:
    """Until the next run is overdue, which is told."""
    shop = a_shop(tmp_path)
    say(shop, SLOT)
    now = shown(shop).standing
    assert (now.state, now.status, now.why) == (State.UP, Status.UP, "every critical check passed")
    assert now.until == SLOT + STANDS
    assert now.since == SLOT


def test_nothing_is_known_without_a_run(tmp_path: Path) -> None:
    """An empty history is not good news."""
    now = shown(a_shop(tmp_path)).standing
    assert (now.state, now.status, now.why) == (State.UNKNOWN, Status.UNKNOWN, "no run is known")
    assert (now.since, now.until) == (None, None)


@pytest.mark.parametrize("ago", [HOUR, 3 * DAY, 200 * DAY])
def test_a_schedule_that_stopped_is_unknown(tmp_path: Path, ago: float) -> None:
    """However well the last run went, and however long ago that was; since when is told."""
    shop = a_shop(tmp_path)
    say(shop, NOW - ago)
    now = shown(shop).standing
    assert (now.state, now.status) == (State.UNKNOWN, Status.UNKNOWN)
    assert now.why.startswith("the newest run ended ")
    assert now.why.endswith(" ago, and the next one is overdue")
    assert now.since == NOW - ago + STANDS


def test_a_failure_is_down_and_named(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    say(shop, SLOT, {"health.root": Outcome.PASS, "home.load": Outcome.FAIL})
    now = shown(shop).standing
    assert (now.state, now.status, now.why) == (State.DOWN, Status.DOWN, "failed: home.load (APP_5XX)")


def test_what_could_not_be_judged_is_unknown(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    say(shop, SLOT, {"health.root": Outcome.INCONCLUSIVE, "home.load": Outcome.PASS})
    now = shown(shop).standing
    assert (now.state, now.status) == (State.UNKNOWN, Status.UNKNOWN)
    assert now.why == "could not be judged: health.root (EDGE_BLOCKED)"


def test_a_later_attempt_is_degraded_and_no_alarm(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    say(shop, SLOT, {"health.root": Outcome.FLAKY, "home.load": Outcome.PASS})
    now = shown(shop).standing
    assert (now.state, now.status) == (State.DEGRADED, Status.UP)


def test_one_region_of_three_that_fails_is_degraded_and_an_alarm(tmp_path: Path) -> None:
    """The schedule decides when it counts as down; a monitor is told all the same."""
    shop = a_shop(tmp_path, "eu", "us", "ap")
    for region in ("us", "ap"):
        say(shop, SLOT, region=region)
    say(shop, SLOT, {"health.root": Outcome.FAIL, "home.load": Outcome.PASS})
    now = shown(shop).standing
    assert (now.state, now.status) == (State.DEGRADED, Status.DOWN)
    assert now.why == "failed: health.root (APP_5XX) in eu; down means down in 2 of 3 regions"


def test_a_region_that_fell_silent_keeps_it_from_being_up(tmp_path: Path) -> None:
    """A region that was never heard of does not: its runs may be in another history."""
    shop = a_shop(tmp_path, "eu", "us", "ap")
    say(shop, SLOT)
    assert shown(shop).standing.status is Status.UP
    assert shown(shop).longest.silent == ("us", "ap")
    say(shop, SLOT - DAY, region="us")
    now = shown(shop).standing
    assert (now.state, now.status) == (State.UNKNOWN, Status.UNKNOWN)
    assert now.why == "the newest run ended 1d ago, and the next one is overdue in us"


def test_a_part_of_the_checks_does_not_clear_the_others(tmp_path: Path) -> None:
    """``--check home`` after a failure of another check says nothing of that one."""
    shop = a_shop(tmp_path)
    say(shop, SLOT - 10 * MINUTE, {"health.root": Outcome.FAIL, "home.load": Outcome.PASS})
    say(shop, SLOT, {"home.load": Outcome.PASS})
    assert shown(shop).standing.state is State.DOWN
    say(shop, SLOT + MINUTE, {"health.root": Outcome.PASS})
    assert shown(shop).standing.state is State.UP


def test_a_check_that_is_left_out_for_too_long_is_unknown(tmp_path: Path) -> None:
    """Runs that are told to leave it out do not speak for it; a new check is waited for."""
    shop = a_shop(tmp_path)
    for ago in (150, 120, 90, 60, 30, 0):
        say(shop, SLOT - ago * MINUTE, {"home.load": Outcome.PASS})
    assert shown(shop).standing.state is State.UP
    say(shop, SLOT - 3 * HOUR)
    now = shown(shop).standing
    assert (now.state, now.why) == (State.UNKNOWN, "could not be judged: health.root")


def test_a_check_that_is_no_longer_planned_counts_for_nothing(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    say(shop, SLOT - 20 * MINUTE, {**dict.fromkeys(REQUIRED, Outcome.PASS), "cart.old": Outcome.FAIL})
    say(shop, SLOT)
    place = shown(shop)
    assert place.standing.state is State.UP
    assert [row.check_id for row in place.rows if not row.required] == ["cart.old"]


def test_runs_of_another_point_say_nothing(tmp_path: Path) -> None:
    """Somebody at the desk neither helps nor harms."""
    shop = a_shop(tmp_path)
    say(shop, SLOT, execution_point="local")
    assert shown(shop).standing.state is State.UNKNOWN


def test_a_run_of_tomorrow_says_nothing(tmp_path: Path) -> None:
    """One of the clocks is wrong."""
    shop = a_shop(tmp_path)
    say(shop, NOW + DAY)
    assert shown(shop).standing.status is Status.UNKNOWN


def test_maintenance_goes_before_everything(tmp_path: Path) -> None:
    """It says nothing of the application, so no monitor is told that it is up."""
    shop = a_shop(tmp_path)
    begin = datetime(2026, 11, 21, 17)  # noqa: DTZ001 - local to its time zone
    move = Maintenance(title="Move", owner="web-team", since=begin, until=date(2026, 11, 21), environments=("canary",))
    alerts = shipped()
    alerts = replace(alerts, rules=replace(alerts.rules, content=replace(alerts.book, maintenance=(move,))))
    say(shop, SLOT, {"health.root": Outcome.FAIL})
    place = shown(replace(shop, expected=replace(shop.expected, alerts=alerts)))
    now = place.standing
    assert (now.state, now.status, now.why) == (State.MAINTENANCE, Status.UNKNOWN, "it is under maintenance")
    told = json.loads(badge("shop", (place,)))
    assert (told["message"], told["color"], told["isError"]) == ("maintenance", "blue", False)


def test_the_worst_of_nothing_is_unknown() -> None:
    assert worst([]) is Status.UNKNOWN
    assert worst([Status.UP, Status.UNKNOWN]) is Status.UNKNOWN
    assert worst([Status.UNKNOWN, Status.DOWN, Status.UP]) is Status.DOWN


outcomes = st.sampled_from([Outcome.PASS] * 4 + [*Outcome])
a_run_said = st.tuples(
    st.sampled_from(["eu", "us"]),
    st.sampled_from([0.0, 10.0, 25.0, 39.0, 41.0, 70.0, 200.0, 60.0 * 24 * 5]),
    st.dictionaries(st.sampled_from(REQUIRED), outcomes, min_size=1) | st.just(dict.fromkeys(REQUIRED, Outcome.PASS)),
)


def _last(runs: Iterable[tuple[str, float, dict[str, Outcome]]], region: str, check: str) -> tuple[float, Outcome]:
    return min((minutes, said[check]) for where, minutes, said in runs if where == region and check in said)


ALL_PASSED = dict.fromkeys(REQUIRED, Outcome.PASS)
ONE_FAILED = {**ALL_PASSED, "health.root": Outcome.FAIL}
HALF = {"home.load": Outcome.PASS}


@unhurried
@example(runs=[("eu", 10.0, ONE_FAILED), ("eu", 0.0, HALF)])
@example(runs=[("eu", 70.0, ALL_PASSED), ("eu", 41.0, HALF), ("eu", 10.0, HALF)])
@example(runs=[("eu", 0.0, ALL_PASSED), ("us", 200.0, ALL_PASSED)])
@given(runs=st.lists(a_run_said, max_size=5, unique_by=lambda run: (run[0], run[1])))
def test_it_is_up_only_where_every_latest_word_is_good_and_fresh(
    runs: list[tuple[str, float, dict[str, Outcome]]],
) -> None:
    """Of any critical check that was ever looked at, in any region, whatever the mix of runs and outcomes."""
    with tempfile.TemporaryDirectory() as folder:
        shop = a_shop(Path(folder), "eu", "us")
        for region, minutes, said in runs:
            say(shop, SLOT - minutes * MINUTE, said, region=region)
        now = shown(shop).standing
    known = {(region, check) for region, _, said in runs for check in said}
    latest = [_last(runs, *each) for each in known]
    fine = [outcome in GOOD and NOW - SLOT + minutes * MINUTE < STANDS for minutes, outcome in latest]
    assert (now.status is Status.UP) == (bool(fine) and all(fine))
    if not all(fine) or not fine:
        assert now.state is not State.UP
