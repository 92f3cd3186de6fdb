"""What a rule sees at a moment: of which runs, since when it is bad, and what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from smoke.alerts.engine import evaluate
from smoke.alerts.incident import Incident
from smoke.alerts.past import Past
from smoke.config.alerts.rule import Per
from smoke.config.alerts.rule_file import AlertRulesFile, Maintenance
from smoke.history.facts import RunFact
from smoke.model import Outcome
from tests.alerts.pasts import DAY, HOUR, MINUTE, at, check, clock, every, only, past, reading, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
FAILURE = only(BOOK, "smoke_test_failure")
SCHEDULES = shipped().schedules
NIGHTLY = replace(SCHEDULES[0], point="canary-5", cron="0 0 * * *", regions=("desk",))


def found(book: AlertRulesFile, facts: Past, now: float) -> Sequence[Incident]:
    return evaluate(book, [facts], (), now).incidents


def both(one: str, other: str) -> list[RunFact]:
    """Two regions, the second ten seconds after the first."""
    return [*every(HALF, START, one), *every(HALF, START + 10, other, region="eu-west-1")]


def test_it_began_with_the_first_bad_look_of_its_region() -> None:
    """That others were well meanwhile, or bad before, makes it neither shorter nor longer."""
    book = only(BOOK, "smoke_test_failure", condition="failures >= 2", window="2 runs")
    for other in ("PPPP", "FPPP"):
        (incident,) = found(book, past(both("PPFF", other)), START + 4 * HALF)
        assert (clock(incident.began), clock(incident.opened)) == ("03-02 11:00:00", "03-02 11:30:00")
        assert incident.detect_s == HALF


@pytest.mark.parametrize(("verdicts", "opens"), [("FFP", False), ("PFF", True), ("FPF", False)])
def test_what_counts_in_a_row_is_up_to_the_newest(verdicts: str, opens: bool) -> None:
    book = only(BOOK, "smoke_test_failure", condition="consecutive_failures >= 2", window="3 runs")
    assert bool(found(book, past(every(HALF, START, verdicts)), START + 2 * HALF)) is opens


@pytest.mark.parametrize(
    ("points", "point", "opens"),
    [(("scheduled",), "canary-5", False), (("canary-5",), "canary-5", True), ((), "canary-5", True)],
)
def test_runs_of_other_execution_points_are_not_looked_at(points: tuple[str, ...], point: str, opens: bool) -> None:
    facts = past([run(START, Outcome.FAIL, point=point)])
    assert bool(found(only(BOOK, "smoke_test_failure", points=points), facts, START)) is opens


@pytest.mark.parametrize(
    ("points", "schedules", "lasts"),
    [
        (("scheduled",), [*SCHEDULES, NIGHTLY], HOUR),
        ((), SCHEDULES, HOUR),
        ((), [*SCHEDULES, NIGHTLY], 2 * DAY),
        (("scheduled",), [], 2 * DAY),
    ],
    ids=["a rule of one schedule", "a rule of all, which is one", "a rule of all", "no schedule"],
)
def test_a_run_counts_until_another_has_not_come(points: tuple[str, ...], schedules: Any, lasts: float) -> None:
    """Of the schedules that a rule looks at, the slowest says when; where there is none, one run a day is."""
    book, facts = only(BOOK, "smoke_test_failure", points=points), past([run(START, Outcome.FAIL)], schedules=schedules)
    assert len(found(book, facts, START + lasts - 1)) == 1
    assert found(book, facts, START + lasts) == ()


@pytest.mark.parametrize(
    ("points", "schedules", "share"),
    [
        (("scheduled",), [*SCHEDULES, NIGHTLY], 0.667),
        ((), SCHEDULES, 0.667),
        ((), [*SCHEDULES, NIGHTLY], 0.25),
        (("scheduled",), [], 0.25),
    ],
    ids=["a rule of one schedule", "a rule of all, which is one", "a rule of all", "no schedule"],
)
def test_a_run_speaks_for_as_long_as_its_schedule_says(points: tuple[str, ...], schedules: Any, share: float) -> None:
    """It was down at ten, and up from twelve on: of the two hours until half past, a quarter of one is known down."""
    book = only(
        BOOK, "weekly_availability", window="2h", min_samples=1, condition="availability < 80%", close_at=None,
        points=points,
    )  # fmt: skip
    facts = past(every(HALF, START, "F---PP"), schedules=schedules)
    assert [round(each.value, 3) for each in found(book, facts, START + 5 * HALF)] == [share]


@pytest.mark.parametrize(
    ("since", "missed"), [("10:20", False), ("10:40", False), ("10:46", True)], ids=["before", "within", "after"]
)
def test_a_slot_is_not_missed_where_maintenance_touches_its_grace(since: str, missed: bool) -> None:
    """The run of half past ten could have come until a quarter to eleven."""
    begins, ends = (datetime.fromisoformat(f"2026-03-02 {each}") for each in (since, "10:50"))
    book = replace(
        only(BOOK, "heartbeat_missing"), maintenance=(Maintenance(title="Move", owner="web", since=begins, until=ends),)
    )
    facts = past([run(START, suite="mosaic", region="local")], suite="mosaic")
    assert bool(found(book, facts, START + 55 * MINUTE)) is missed


@pytest.mark.parametrize("per", [Per.REGION, Per.ENVIRONMENT])
def test_where_nobody_was_heard_of_for_long_nothing_new_is_said(per: Per) -> None:
    """What is open stays open: a region may keep its history elsewhere."""
    book = only(BOOK, "heartbeat_missing", per=per)
    assert found(book, past([], suite="mosaic"), START) == ()
    opened = found(book, past([run(START, suite="mosaic", region="local")], suite="mosaic"), START + HOUR)
    assert len(opened) == 1
    assert evaluate(book, [past([], suite="mosaic")], opened, START + 5 * HOUR).changed == ()


def test_a_schedule_that_misses_slots_again_is_not_over() -> None:
    """A run came after two were missed, and the next one did not; nobody judged in between."""
    book = only(BOOK, "heartbeat_missing", condition="missed_slots >= 2")
    runs = [run(START, suite="mosaic", region="local")]
    opened = evaluate(book, [past(runs, suite="mosaic")], (), START + 80 * MINUTE).incidents
    later = past([*runs, run(START + 100 * MINUTE, suite="mosaic", region="local")], suite="mosaic")
    for now, closed in ((START + 140 * MINUTE, None), (START + 110 * MINUTE, START + 100 * MINUTE)):
        assert [each.closed for each in evaluate(book, [later], opened, now).incidents] == [closed]


def test_a_good_look_in_the_second_of_the_last_bad_one_came_not_after_it() -> None:
    """Two good looks end it: another region was well while the first one failed."""
    book = only(BOOK, "smoke_test_failure", close_after=2)
    runs = [*every(HALF, START, "FPP"), run(START, region="eu-west-1")]
    opened = evaluate(book, [past(runs)], (), START).incidents
    ends = [evaluate(book, [past(runs)], opened, START + index * HALF).incidents[0].closed for index in (1, 2)]
    assert ends == [None, START + HOUR]


def test_facts_are_in_the_order_of_their_times_whatever_runs_are_called() -> None:
    """Ids come from elsewhere, and say nothing of when."""
    verdicts = {"c": Outcome.PASS, "b": Outcome.FAIL, "a": Outcome.FAIL}
    runs = [replace(run(START + i * HALF, each), run_id=name) for i, (name, each) in enumerate(verdicts.items())]
    facts = past(
        runs,
        [check(each, "login", each.verdict) for each in runs],
        [reading(each, "login", "total_ms", 100) for each in runs],
    )
    assert [each.run_id for each in facts.checks] == [each.run_id for each in facts.readings] == list(verdicts)
    book = only(BOOK, "smoke_test_failure", checks=("login",))
    assert [clock(each.opened) for each in found(book, facts, START + HALF)] == ["03-02 10:30:00"]
