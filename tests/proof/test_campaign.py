"""What clean repetitions come to: counts, rates, and what may be concluded."""

from __future__ import annotations

from typing import Any

import pytest

from smoke.model import Blame, Outcome
from smoke.proof.campaign import Alarm, Campaign, Ending, Repetition, upper_bound


def repetition(number: int, *outcomes: Outcome, check_id: str = "health.root") -> Repetition:
    blame = {Outcome.INCONCLUSIVE: Blame.HARNESS, Outcome.NOT_RUN: None}
    alarms = tuple(
        Alarm(check_id=check_id, outcome=each, blame=blame.get(each, Blame.SLOW), rule="total_ms (120) <= 100")
        for each in outcomes
    )
    return Repetition(number=number, weathers=("jitter",), probes=3, journeys=0, alarms=alarms)


def campaign(*repetitions: Repetition, **changes: Any) -> Campaign:
    said: dict[str, Any] = {"suite": "shop", "environment": "local", "seed": 1, "wanted": len(repetitions)}
    return Campaign(**{**said, "repetitions": repetitions, "asked": 5, "duration_s": 1.0, **changes})


@pytest.mark.parametrize(
    ("failures", "trials", "bound"),
    [(0, 1000, 0.00299), (0, 1, 0.95), (1, 100, 0.0466), (5, 50, 0.1990), (10, 10, 1.0), (9, 10, 0.9949)],
)
def test_the_bound_is_that_of_clopper_and_pearson(failures: int, trials: int, bound: float) -> None:
    """Without a failure it is the rule of three; the others are from tables."""
    assert upper_bound(failures, trials) == pytest.approx(bound, rel=0.01)


def test_a_repetition_is_as_bad_as_its_worst_check() -> None:
    assert repetition(1).outcome is Outcome.PASS
    assert repetition(1, Outcome.FLAKY).outcome is Outcome.FLAKY
    assert repetition(1, Outcome.FLAKY, Outcome.INCONCLUSIVE).outcome is Outcome.INCONCLUSIVE
    assert repetition(1, Outcome.INCONCLUSIVE, Outcome.FAIL, Outcome.FLAKY).outcome is Outcome.FAIL
    assert repetition(1, Outcome.NOT_RUN).outcome is Outcome.INCONCLUSIVE


def test_a_repetition_of_nothing_is_not_green() -> None:
    nothing = Repetition(number=1, weathers=(), probes=0, journeys=0, alarms=())
    assert nothing.outcome is Outcome.INCONCLUSIVE


def test_one_false_alarm_is_one_too_many() -> None:
    found = campaign(*map(repetition, range(1, 10)), repetition(10, Outcome.FAIL))
    assert (found.outcome, found.rate, found.count(Outcome.PASS)) == (Outcome.FAIL, 0.1, 9)
    assert found.bound == pytest.approx(0.394, rel=0.01)


def test_flaky_is_counted_and_no_alarm() -> None:
    found = campaign(repetition(1), repetition(2, Outcome.FLAKY))
    assert (found.outcome, found.rate, found.count(Outcome.FLAKY)) == (Outcome.PASS, 0.0, 1)


def test_what_could_not_be_judged_lowers_no_rate() -> None:
    found = campaign(repetition(1, Outcome.FAIL), repetition(2), repetition(3, Outcome.INCONCLUSIVE))
    assert (found.judged, found.rate) == (2, 0.5)
    some = campaign(repetition(1), repetition(2, Outcome.INCONCLUSIVE))
    assert (some.outcome, some.count(Outcome.INCONCLUSIVE)) == (Outcome.PASS, 1)


@pytest.mark.parametrize(
    "nothing",
    [campaign(), campaign(repetition(1, Outcome.INCONCLUSIVE)), campaign(repetition(1), ending=Ending.STOPPED)],
    ids=["none", "none judged", "stopped"],
)
def test_nothing_judged_or_less_than_asked_for_is_not_green(nothing: Campaign) -> None:
    assert nothing.outcome is Outcome.INCONCLUSIVE


def test_a_stopped_campaign_keeps_its_alarms() -> None:
    assert campaign(repetition(1, Outcome.FAIL), ending=Ending.STOPPED).outcome is Outcome.FAIL


def test_alarms_are_told_by_check_and_blame_the_worst_first() -> None:
    """With what was said most often, and in which weather."""
    found = campaign(
        repetition(1, Outcome.FLAKY), repetition(2, Outcome.FLAKY), repetition(3, Outcome.FAIL, check_id="health.api")
    ).alarm_kinds
    assert [(kind.check_id, kind.outcome, kind.count) for kind in found] == [
        ("health.api", Outcome.FAIL, 1),
        ("health.root", Outcome.FLAKY, 2),
    ]
    assert found[1].rules == ("total_ms (120) <= 100",)
    assert found[1].weathers == (("jitter", 2),)
