"""What each run says of a subject, and in which words it stands as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from smoke.alerts.engine import evaluate
from smoke.alerts.look import Impression, Look, looks
from smoke.alerts.past import Past
from smoke.alerts.scope import checks_of
from smoke.alerts.subject import Subject
from smoke.config.alerts.rule import Per, Rule
from smoke.model import Category, Outcome
from smoke.observation import Unit
from tests.alerts.pasts import HOUR, MINUTE, OUTCOMES, at, check, clock, every, only, past, reading, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
ONCE = [run(START)]


def a_rule(condition: str, **changes: Any) -> Rule:
    (rule,) = only(BOOK, "smoke_test_failure", condition=condition, close_at=None, **changes).rules
    return rule


def seen(rule: Rule, facts: Past, check_id: str | None = None) -> Sequence[Look]:
    subject = Subject(suite="betterprompts", environment="production", check=check_id)
    return looks(rule, subject, facts, (), START - HOUR, START + HOUR)


def checked(**outcomes: str) -> Past:
    return past(ONCE, [check(ONCE[0], f"health.{name}", OUTCOMES[letter]) for name, letter in outcomes.items()])


@pytest.mark.parametrize(
    ("outcomes", "state", "values", "said"),
    [
        ({"a": "P", "b": "F", "c": "F"}, Impression.BAD, (0.0,), "health.b FAIL APP_5XX, health.c FAIL APP_5XX"),
        (
            {"a": "F", "b": "F", "c": "F", "d": "F"},
            Impression.BAD,
            (0.0,),
            ", ".join(f"health.{n} FAIL APP_5XX" for n in "abc"),
        ),
        ({"a": "P", "b": "I"}, Impression.GOOD, (1.0,), "health.b INCONCLUSIVE"),
        ({"a": "L", "b": "P"}, Impression.GOOD, (1.0,), "health.a FLAKY"),
        ({"a": "I", "b": "N"}, Impression.UNKNOWN, (0.0,), "health.a INCONCLUSIVE, health.b NOT_RUN"),
    ],
)
def test_checks_say_what_is_wrong_with_them(
    outcomes: dict[str, str], state: Impression, values: tuple[float, ...], said: str
) -> None:
    """What is bad, else what could not be judged, else one that is good."""
    (look,) = seen(a_rule("success_rate < 0.9", checks=("health",)), checked(**outcomes))
    assert (look.state, look.values) == (state, values)
    assert look.line == f"2026-03-02 10:00:00Z us-east-1: {said}"


def test_one_check_is_looked_at_by_itself() -> None:
    facts = checked(a="P", b="F")
    rule = a_rule("consecutive_failures >= 1", per=Per.CHECK)
    assert [look.state for look in seen(rule, facts, "health.a")] == [Impression.GOOD]
    assert [look.state for look in seen(rule, facts, "health.b")] == [Impression.BAD]
    assert seen(rule, facts, "health.c") == []


def test_a_rule_looks_at_its_checks_and_categories_alone() -> None:
    facts = past(ONCE, [check(ONCE[0], "a.one"), check(ONCE[0], "b.two", category=Category.DATABASE)])
    both = {"checks": ("a",), "categories": (Category.DATABASE,)}
    for about, found in (
        ({}, ["a.one", "b.two"]),
        ({"checks": ("a",)}, ["a.one"]),
        ({"categories": (Category.DATABASE,)}, ["b.two"]),
        (both, []),
    ):
        assert checks_of(a_rule("error_rate > 0.1", **about), facts, START - HOUR, START) == found


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("max(*.total_ms) > 500", "b.total_ms 900 ms, c.total_ms 300 ms, a.total_ms 100 ms"),
        ("min(*.total_ms) < 500", "a.total_ms 100 ms, c.total_ms 300 ms, b.total_ms 900 ms"),
        ("max(*.days) > 500", "a.days 7 days"),
    ],
)
def test_readings_are_told_the_worst_first(condition: str, said: str) -> None:
    """Of those that the rule asks for, three at most."""
    checks = [check(ONCE[0], name) for name in "abcd"]
    taken = [reading(ONCE[0], "a", "days", 7, Unit.DAYS)]
    taken += [reading(ONCE[0], name, "total_ms", value) for name, value in zip("abc", (100, 900, 300), strict=True)]
    unjudged = [check(ONCE[0], "0", Outcome.INCONCLUSIVE)]
    taken.append(reading(ONCE[0], "0", "total_ms", 1))
    (look,) = seen(a_rule(condition), past(ONCE, [*checks, *unjudged], taken))
    assert look.line.endswith(f"us-east-1: {said}")


def test_a_share_of_checks_is_of_those_that_could_be_judged() -> None:
    (look,) = seen(a_rule("error_rate > 0.4"), checked(a="P", b="F", c="I"))
    assert (look.state, look.values) == (Impression.BAD, (0.0, 1.0))


def test_being_blind_is_what_is_bad_where_a_rule_asks_whether_we_see() -> None:
    rule = a_rule("inconclusive_streak >= 1", severity="warning", checks=("health",))
    assert [look.state for look in seen(rule, checked(a="I"))] == [Impression.BAD]
    assert [look.state for look in seen(rule, checked(a="F"))] == [Impression.GOOD]


def test_missed_slots_are_told_the_newest_first() -> None:
    """It opened when as many were missed as its rule asks for, whatever it says of looks: a slot is none."""
    about = {"condition": "missed_slots >= 2", "open_after": 3, "close_after": 2}
    book, runs = only(BOOK, "heartbeat_missing", **about), every(HALF, START, "P", suite="mosaic", region="local")
    facts, now = past(runs, suite="mosaic"), START + 2.75 * HOUR
    assert evaluate(book, [facts], (), START + 40 * MINUTE).incidents == ()
    assert evaluate(book, [facts], (), START + HOUR).incidents == ()
    (incident,) = evaluate(book, [facts], (), now).incidents
    assert (clock(incident.opened), clock(incident.began), incident.value) == ("03-02 11:15:00", "03-02 10:30:00", 5)
    assert incident.evidence == tuple(f"no run answered 2026-03-02 {slot}:00Z" for slot in ("12:30", "12:00", "11:30"))
    again = past([*runs, *every(HALF, START + 2.5 * HOUR, "P", suite="mosaic", region="local")], suite="mosaic")
    (closed,) = evaluate(book, [again], (incident,), now).incidents
    assert clock(closed.closed) == "03-02 12:30:00"


def test_a_run_says_its_verdict_and_what_failed() -> None:
    rule = a_rule("success_rate < 0.9")
    assert [look.said for look in seen(rule, past(ONCE))] == ["PASS"]
    assert [look.said for look in seen(rule, past([run(START, Outcome.FAIL)]))] == ["FAIL (api-health)"]


def test_what_could_not_be_judged_once_is_read_the_next_time() -> None:
    first, second = every(MINUTE, START, "PP")
    checks = [check(first, "a", Outcome.INCONCLUSIVE), check(second, "a")]
    taken = [reading(each, "a", "total_ms", 100) for each in (first, second)]
    (look,) = seen(a_rule("max(*.total_ms) > 500"), past([first, second], checks, taken))
    assert look.run_id == second.run_id


def test_a_rule_of_any_missed_slot_opens_with_the_first() -> None:
    book, runs = (
        only(BOOK, "heartbeat_missing", condition="missed_slots > 0"),
        every(HALF, START, "P", suite="mosaic", region="local"),
    )
    (incident,) = evaluate(book, [past(runs, suite="mosaic")], (), START + 2 * HOUR).incidents
    assert clock(incident.opened) == "03-02 10:45:00"
