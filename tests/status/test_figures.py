"""What the page draws: days, percentiles, checks by region, proofs, and what no schedule speaks of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.availability.gathering import availability
from smoke.config.cron_schedule import Schedule
from smoke.history.facts import DayPercentiles
from smoke.history.runs import History
from smoke.model import Blame, Category, Outcome
from smoke.observation import Measurement, Unit
from smoke.proof.matrix import Case, Matrix
from smoke.proof.writing import write
from smoke.status import written
from smoke.status.charts import HEIGHT, Series, by_page, in_order
from smoke.status.days import LEAST, Day, days_of
from smoke.status.gathering import board
from smoke.status.page import WINDOWS
from smoke.status.standing import Age
from smoke.timeline.states import Span, State
from smoke.timeline.times import Times
from tests.status.shop import DAY, HOUR, MINUTE, NOW, SHOP, SLOT, a_shop, say, shown
from tests.support.run_builder import a_result, a_run, an_attempt


def test_the_figures_are_those_of_history_availability(tmp_path: Path) -> None:
    """For each stretch of time, to the second: nothing is computed twice."""
    shop = a_shop(tmp_path, "eu", "us")
    for index in range(60):
        said = {"health.root": Outcome.FAIL if index % 7 == 3 else Outcome.PASS}
        say(shop, SLOT - index * 3 * HOUR, said, region="us" if index % 5 == 2 else "eu")
    for span, found in zip(WINDOWS.values(), shown(shop).windows, strict=True):
        assert found == availability(shop.store, shop.expected, SHOP, NOW - span, NOW)


def test_each_day_has_its_own_times() -> None:
    """The first and the last day only as far as they are meant."""
    noon = date(2026, 3, 2).toordinal() * DAY - date(1970, 1, 1).toordinal() * DAY + DAY / 2
    spans = [Span(noon, noon + DAY, State.UP), Span(noon + DAY, noon + 1.25 * DAY, State.DOWN)]
    first, second = days_of(spans, noon, noon + 1.25 * DAY)
    assert (first.day, first.seconds) == (date(2026, 3, 2), {State.UP: DAY / 2})
    assert (second.day, second.seconds) == (date(2026, 3, 3), {State.DOWN: DAY / 4, State.UP: DAY / 2})


shares = st.floats(0, DAY).map(lambda each: 0.0 if each < 1 else each)


@given(up=shares, degraded=shares, down=shares, unknown=shares, maintenance=shares)
def test_no_state_of_a_day_is_too_small_to_be_seen(**seconds: float) -> None:
    """Half an hour of an outage is, and the bar is as high as any other."""
    parts = Day(day=date(2026, 3, 2), times=Times(**seconds)).parts
    assert [each.state for each in parts] == [*Day(day=date.min, times=Times(**seconds)).seconds]
    assert all(each.height > LEAST[each.state] - 1e-9 for each in parts)
    assert sum(each.height for each in parts) == pytest.approx(1 if parts else 0)
    assert all(each.top >= -1e-9 for each in parts)


def a_series(*values: tuple[int, float, float], budget: float | None = 100.0, name: str = "a.total_ms") -> Series:
    """Values are day of March, p50 and p95."""
    days = tuple(DayPercentiles(day=date(2026, 3, day), count=9, p50=p50, p95=p95, p99=p95) for day, p50, p95 in values)
    return Series(name=name, unit=Unit.MS, budget=budget, first=date(2026, 3, 1), last=date(2026, 3, 31), days=days)


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    """A day without a value is a gap, never zero."""
    assert a_series((1, 10, 20), (2, 10, 20), (5, 10, 20)).p50.count("M") == 2


def test_one_bad_day_does_not_flatten_the_others() -> None:
    """It touches the top; the budget is where it is."""
    series = a_series(*((day, 50.0, 60.0) for day in range(1, 31)), (31, 50.0, 30_000.0))
    assert series.top == pytest.approx(110)
    assert series.budget_at == pytest.approx(HEIGHT - HEIGHT / 1.1, abs=1)
    assert series.strain == 300


def test_what_is_nearest_to_its_budget_comes_first() -> None:
    """What has none comes last."""
    found = in_order([a_series((1, 1, 50), name="a"), a_series((1, 1, 90), name="b"), a_series((1, 1, 9), budget=None)])
    assert [each.name for each in found] == ["b", "a", "a.total_ms"]


def test_web_vitals_are_told_page_by_page() -> None:
    names = ("home.cls", "home.lcp_ms", "cart.ttfb_ms", "home.total_ms")
    found = by_page(a_series((1, 1, 1), name=name) for name in names)
    assert {page: [each.name for each in some] for page, some in found.items()} == {
        "cart": ["cart.ttfb_ms"],
        "home": ["home.lcp_ms", "home.cls"],
    }


def test_measurements_come_with_the_budget_of_the_newest_run(tmp_path: Path) -> None:
    """Parts of an answer without a budget, and what was never observed, are not drawn."""
    shop = a_shop(tmp_path)
    for index, budget in enumerate((100.0, 200.0)):
        taken = (
            Measurement(name="health.root.total_ms", value=40.0 + index, budget=budget),
            Measurement(name="health.root.dns_ms", value=1.0),
            Measurement(name="home.lcp_ms", value=None, budget=2500.0),
        )
        ended = SLOT - DAY + index * DAY
        History(shop.store).record(
            a_run(
                a_result(an_attempt(*taken), check_id="health.root"),
                suite="shop",
                environment="canary",
                execution_point="canary-5",
                run_id=f"run-{index}",
                started=ended - 9,
                finished=ended,
            )
        )
    (series,) = shown(shop).series
    assert (series.name, series.budget, [day.p50 for day in series.days]) == ("health.root.total_ms", 200.0, [40, 41])


def test_checks_are_told_region_by_region(tmp_path: Path) -> None:
    """Also those that a region has not run yet, and those whose word is too old."""
    shop = a_shop(tmp_path, "eu", "us")
    say(shop, SLOT, {"health.root": Outcome.FAIL})
    say(shop, SLOT - 5 * HOUR, region="us")
    rows = {row.check_id: [(each.age, each.outcome) for each in row.latest] for row in shown(shop).rows}
    assert rows == {
        "home.load": [(Age.NEVER, Outcome.NOT_RUN), (Age.OLD, Outcome.PASS)],
        "health.root": [(Age.FRESH, Outcome.FAIL), (Age.OLD, Outcome.PASS)],
    }


def test_runs_that_no_schedule_speaks_of_are_told_apart(tmp_path: Path) -> None:
    """The newest of each place; nobody says how often they should come, so they are neither up nor down."""
    shop = a_shop(tmp_path)
    for ago in (0, DAY):
        say(shop, SLOT - ago, environment="local", execution_point="local", region="desk", reason=f"{ago:g} s ago")
    (found,) = board(shop).elsewhere
    assert (found.suite, found.environment, found.point, found.region) == ("shop", "local", "local", "desk")
    assert (found.verdict, found.reason, found.finished) == (Outcome.PASS, "0 s ago", SLOT)


def test_the_last_proof_of_a_suite_is_told(tmp_path: Path) -> None:
    """With what survived, what no fault turned red, and whether the suite was changed since."""
    shop = a_shop(tmp_path)
    told = {"suite": "shop", "fault": "x", "rule": None, "duration_ms": 1.0, "expected": (Blame.APP_5XX,)}
    cases = (
        Case(check_id="health.root", outcome=Outcome.FAIL, blame=Blame.APP_5XX, **told),
        Case(check_id="home.load", outcome=Outcome.PASS, blame=None, **told),
    )
    checks = {"health.root": Category.API_HEALTH, "home.load": Category.CRITICAL_PATHS}
    matrix = Matrix(suite="shop", environment="canary", cases=cases, checks=checks, finished=NOW - DAY)
    write([matrix], shop.reports)
    proof = board(shop).proofs["shop"]
    assert (proof.rate, proof.tried, proof.survived, proof.unproven) == (0.5, 2, 1, ("home.load",))
    assert (proof.finished, proof.is_current) == (NOW - DAY, False)


def test_a_share_is_whole_only_where_all_of_it_is() -> None:
    """Ten seconds of an outage in 90 days are not 100 %, nor is what nobody knows nothing."""
    times = Times(up=90 * DAY - 10, degraded=0, down=10, unknown=0, maintenance=0)
    assert written.interval(times) == "99.99 %"
    dark = Times(up=90 * DAY - 10, degraded=0, down=0, unknown=10, maintenance=0)
    assert (written.interval(dark), written.unknown(dark)) == ("99.99 \N{EN DASH} 100 %", "0.01 %")
    nothing = Times(up=0, degraded=0, down=0, unknown=DAY, maintenance=0)
    assert (written.interval(nothing), written.unknown(nothing)) == ("unknown", "100 %")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (-0.2, "0s"),
        (-42, "-42s"),
        (42.4, "42s"),
        (61, "1m"),
        (3 * HOUR + 5 * MINUTE + 7, "3h5m"),
        (3 * DAY + HOUR + 59, "3d1h"),
    ],
)
def test_spans_are_told_by_their_two_largest_units(seconds: float, text: str) -> None:
    assert written.span(seconds) == text


def test_a_schedule_of_every_minute_has_every_slot() -> None:
    """The days of a cron that is the same every day are made from one; at their borders too."""
    schedule = Schedule(suite="shop", environment="canary", cron="*/7 3,23 * * *")
    found = schedule.slots(NOW - 3 * DAY, NOW)
    each_day = [schedule.slots(NOW - (3 - day) * DAY, NOW - (2 - day) * DAY) for day in range(3)]
    assert found == tuple(slot for some in each_day for slot in some)
    assert len(found) == 3 * 18
    assert all((slot % DAY) // HOUR in {3, 23} and slot % HOUR % (7 * MINUTE) == 0 for slot in found)
