"""What alerts and pages read: the right rows of the right window, and sums that a person can check."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smoke.history.facts import CheckFact, DayPercentiles, Reading, RunFact
from smoke.history.reader import Reader
from smoke.history.runs import History
from smoke.model import Blame, Category, Outcome
from smoke.observation import Measurement, Unit
from smoke.percentiles import percentile
from smoke.storage.store import Store
from tests.support.run_builder import a_finding, a_measurement, a_result, a_run, an_attempt

DAY = 86_400.0
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
SHOP = ("shop", "production")


def keep(store: Store, *ends: float, results: tuple[Any, ...] = (), **changes: Any) -> None:
    """Record a run for each moment at which one ended, under ids that say nothing of their order."""
    history = History(store)
    for end in ends:
        run_id = f"{changes.get('region', 'eu')}-{hash(end) % 9973}-{end}"
        history.record(a_run(*(results or (a_result(),)), run_id=run_id, started=end - 12, finished=end, **changes))


def test_runs_are_those_that_ended_in_the_window_the_newest_last(store: Store) -> None:
    """Runs come from several machines, out of order: when they ended decides, the beginning of a window included."""
    keep(store, NOON + 60, NOON, NOON - 1, NOON + 30)
    keep(store, NOON + 1, environment="staging")
    found = Reader(store).runs(*SHOP, NOON, NOON + 60)
    assert [run.finished for run in found] == [NOON, NOON + 30]


def test_places_are_those_of_any_run(store: Store) -> None:
    """Each suite and environment once, from however many regions."""
    keep(store, NOON, region="us")
    keep(store, NOON, environment="canary")
    keep(store, NOON, region="eu")
    assert Reader(store).places() == (("shop", "canary"), SHOP)


def test_a_run_is_told_as_it_was(store: Store) -> None:
    """Every field of a fact is that of the run."""
    told = {"region": "us-east-1", "verdict": Outcome.FAIL, "failed_category": Category.DATABASE, "builds": ("a", "b")}
    History(store).record(a_run(a_result(), started=NOON, finished=NOON + 9, run_id="one", **told))
    assert Reader(store).runs(*SHOP, 0, 2 * NOON) == (
        RunFact(
            run_id="one",
            suite="shop",
            environment="production",
            execution_point="scheduled",
            started=NOON,
            finished=NOON + 9,
            passed=False,
            **told,
        ),
    )


def test_checks_are_those_of_the_runs_of_the_window(store: Store) -> None:
    """All of them by run and id, or one of them in all regions."""
    both = (a_result(check_id="b"), a_result(check_id="a", outcome=Outcome.FAIL, blame=Blame.SLOW))
    keep(store, NOON + 60, results=both, region="us")
    keep(store, NOON, NOON - 1, results=both)
    reader = Reader(store)
    every = reader.checks(*SHOP, NOON, NOON + 61)
    assert [(each.at, each.check_id) for each in every] == [
        (NOON, "a"), (NOON, "b"), (NOON + 60, "a"), (NOON + 60, "b"),
    ]  # fmt: skip
    one = reader.checks(*SHOP, NOON, NOON + 61, "a")
    assert one == tuple(each for each in every if each.check_id == "a")
    assert one[1] == CheckFact(
        run_id=one[1].run_id,
        at=NOON + 60,
        region="us",
        check_id="a",
        category=Category.API_HEALTH,
        critical=True,
        outcome=Outcome.FAIL,
        blame=Blame.SLOW,
        duration_ms=120.0,
    )


def test_readings_are_what_deciding_attempts_observed(store: Store) -> None:
    """Neither an attempt that did not count nor what was not observed is a reading."""
    first = an_attempt(a_measurement("api.total_ms", 9000.0), findings=(a_finding(),))
    second = an_attempt(
        Measurement(name="api.total_ms", value=42.5, unit=Unit.MS, budget=100.0),
        a_measurement("api.error_rate", None, Unit.RATIO),
        number=2,
    )
    other = a_result(an_attempt(a_measurement("api.total_ms", 7.0)), check_id="other")
    keep(store, NOON, results=(a_result(first, second), other))
    reader = Reader(store)
    read = reader.readings(*SHOP, NOON, NOON + 1, name="api.total_ms")
    assert [(each.check_id, each.value) for each in read] == [("health.api", 42.5), ("other", 7.0)]
    assert read[0] == Reading(
        run_id=read[0].run_id,
        at=NOON,
        region="eu-west-1",
        check_id="health.api",
        name="api.total_ms",
        value=42.5,
        unit=Unit.MS,
        budget=100.0,
    )
    assert reader.readings(*SHOP, NOON, NOON + 1, name="api.error_rate") == ()


def test_percentiles_are_taken_day_by_day(store: Store) -> None:
    """By nearest rank: a figure that really was measured."""
    for hour, value in enumerate((30.0, 10.0, 20.0)):
        keep(store, NOON + hour, results=(a_result(an_attempt(a_measurement("api.total_ms", value))),))
    keep(store, NOON + DAY, results=(a_result(an_attempt(a_measurement("api.total_ms", 5.0))),))
    assert Reader(store).percentiles(*SHOP, 0, 2 * NOON, name="api.total_ms") == (
        DayPercentiles(day=date(2026, 11, 2), count=3, p50=20.0, p95=30.0, p99=30.0),
        DayPercentiles(day=date(2026, 11, 3), count=1, p50=5.0, p95=5.0, p99=5.0),
    )


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (5, 1), (50, 10), (95, 19), (99, 20), (100, 20)])
def test_a_percentile_is_a_value_that_was_seen(percent: int, value: int) -> None:
    """Nearest rank of twenty."""
    assert percentile(range(1, 21), percent) == value
