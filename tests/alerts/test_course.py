"""The course of an incident: what it keeps and renews while it is open, and what others have to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from smoke.alerts.engine import evaluate
from smoke.alerts.incident import Incident
from smoke.alerts.notice import Ending, NoticeKind
from smoke.alerts.past import Past
from smoke.config.alerts.rule import Per
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.model import Outcome, Severity
from tests.alerts.pasts import HOUR, MINUTE, at, check, every, only, past, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
FAILURE = only(BOOK, "smoke_test_failure")
BLIND = only(BOOK, "we_are_blind")
SCHEDULES = shipped().schedules


def failed(book: AlertRulesFile = FAILURE) -> Incident:
    """What the only run opened, which failed at ten."""
    (incident,) = evaluate(book, [past([run(START, Outcome.FAIL)])], (), START).incidents
    return incident


def in_turn(book: AlertRulesFile, facts: Past, count: int) -> Sequence[Incident]:
    """Judge every half hour."""
    incidents: tuple[Incident, ...] = ()
    for index in range(count):
        incidents = evaluate(book, [facts], incidents, START + index * HALF + MINUTE).incidents
    return incidents


def test_what_is_open_is_told_as_it_was_last_seen_and_as_its_rule_is_now() -> None:
    runs = every(HALF, START, "FF")
    book = only(BOOK, "smoke_test_failure", severity=Severity.HIGH, runbook="docs/other.md", title="Down")
    (now,) = evaluate(book, [past(runs)], [failed()], START + HALF).incidents
    assert (now.severity, now.runbook, now.title) == (Severity.HIGH, "docs/other.md", "Down")
    assert (now.run_id, now.seen, now.began, now.opened) == (runs[1].run_id, START + HALF, START, START)
    assert [line[:16] for line in now.evidence] == ["2026-03-02 10:30", "2026-03-02 10:00"]


@pytest.mark.parametrize(("verdicts", "seen"), [("F", 0), ("FF", 1), ("FP", 1), ("FI", 0), ("FFI", 1), ("FPI", 1)])
def test_it_is_given_up_so_long_after_the_newest_look_that_said_something(verdicts: str, seen: int) -> None:
    """Good or bad; also when the history keeps nothing of that look any more."""
    book = only(BOOK, "smoke_test_failure", give_up="8h", close_after=2)
    (incident,) = in_turn(book, past(every(HALF, START, verdicts)), len(verdicts))
    assert (incident.seen, incident.closed) == (START + seen * HALF, None)
    for later, ending in ((-1, None), (0, Ending.UNCONFIRMED)):
        done = evaluate(book, [past([])], [incident], incident.seen + 8 * HOUR + later)
        assert [each.ending for each in done.incidents] == [ending]


def in_three(a: str, b: str, c: str) -> Past:
    """Regions of the schedule, each ten seconds after the other."""
    regions = {"us-east-1": a, "us-west-2": b, "eu-west-1": c}
    return past(
        [each for i, (name, x) in enumerate(regions.items()) for each in every(HALF, START + 10 * i, x, region=name)]
    )


@pytest.mark.parametrize(
    ("facts", "closed"),
    [
        (in_three("PFP----------", "PFFFFPPPPPPPP", "PPPPPPPPPPPPP"), START + 5 * HALF + 20),
        (in_three("PFFPPPPPPPPPP", "PPF----------", "PPPPPPPPPPPPP"), None),
        (in_three("PFFPPPPPPPPPP", "PPF-------P--", "PPPPPPPPPPPPP"), START + 10 * HALF + 20),
    ],
    ids=["well before it vanished", "failed later, and vanished", "came back"],
)
def test_every_region_that_failed_must_have_been_seen_well(facts: Past, closed: float | None) -> None:
    (incident, *_) = in_turn(FAILURE, facts, 13)
    assert incident.closed == closed


def test_a_region_that_failed_at_the_opening_is_waited_for_however_late_somebody_looks() -> None:
    """Its run is older than anything that the rule looks at by then."""
    later = every(HALF, START + 8 * HOUR, "PPPP", region="eu-west-1")
    done = evaluate(FAILURE, [past([run(START, Outcome.FAIL), *later])], [failed()], START + 10 * HOUR)
    assert [each.closed for each in done.incidents] == [None]


def test_what_was_over_is_not_opened_by_a_look_of_the_same_second() -> None:
    over = replace(failed(), closed=START, ending=Ending.RECOVERED)
    facts = past([run(START, Outcome.FAIL)])
    assert evaluate(FAILURE, [facts], [over], START).changed == ()
    assert len(evaluate(FAILURE, [facts], [replace(over, closed=START - 1)], START).notices) == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_of_several_the_open_one_counts_else_the_one_that_closed_last(turn: int) -> None:
    """Two machines opened one each, and the one that began later was closed sooner."""
    runs, now = every(HALF, START, "FFFFF"), START + 4 * HALF
    long = replace(failed(), id="long", closed=START + 10 * HALF, ending=Ending.UNCONFIRMED)
    short = replace(failed(), id="short", opened=START + HALF, closed=START + 2 * HALF, ending=Ending.UNCONFIRMED)
    still = replace(failed(), id="still", told=now, level=3, seen=now)
    assert evaluate(FAILURE, [past(runs)], [long, short][::turn], now).notices == ()
    assert evaluate(FAILURE, [past(runs)], [still, short][::turn], now).notices == ()


def test_one_that_ends_with_its_rule_keeps_no_other_from_being_judged() -> None:
    """One region is not watched any more while another one opens: both are told."""
    blind = evaluate(BLIND, [past(every(HALF, START, "III", region="eu-west-1"))], (), START + HOUR).incidents
    runs = [*every(HALF, START, "III", region="eu-west-1"), *every(HALF, START, "III", region="us-west-2")]
    book = only(BOOK, "we_are_blind", regions=("us-west-2",))
    done = evaluate(book, [past(runs)], blind, START + HOUR)
    assert [(each.subject.region, each.kind) for each in done.notices] == [
        ("us-west-2", NoticeKind.OPENED), ("eu-west-1", NoticeKind.CLOSED),
    ]  # fmt: skip


def test_what_is_elsewhere_or_over_is_not_ended_with_a_rule() -> None:
    bare, now = replace(FAILURE, rules=()), START + HOUR
    over = replace(failed(), closed=START + HALF, ending=Ending.RECOVERED)
    elsewhere = replace(failed(), subject=replace(failed().subject, environment="canary"))
    for incident in (over, elsewhere):
        done = evaluate(bare, [past([])], [incident], now)
        assert (done.incidents, done.changed, done.notices) == ((incident,), (), ())


def test_a_region_that_runs_though_no_schedule_names_it_is_watched() -> None:
    """As long as it was heard of lately."""
    runs, elsewhere = every(HALF, START, "III", region="desk"), [replace(each, regions=("a",)) for each in SCHEDULES]
    (first,) = evaluate(BLIND, [past(runs, schedules=elsewhere)], (), START + HOUR).incidents
    for late, ending in ((HOUR, None), (24 * HOUR, Ending.RETIRED)):
        done = evaluate(BLIND, [past(runs, schedules=elsewhere)], [first], START + HOUR + late)
        assert [each.ending for each in done.incidents] == [ending]


def test_a_region_of_another_schedule_is_not_waited_for() -> None:
    """Releases run from the desk, and it was there that it failed when somebody ran the suite as scheduled."""
    schedules = [*SCHEDULES, replace(SCHEDULES[0], point="canary-5", regions=("desk",))]
    runs = [*every(HALF, START, "F", region="desk"), *every(HALF, START + HALF, "PPPP")]
    (incident,) = in_turn(FAILURE, past(runs, schedules=schedules), 5)
    assert incident.ending is Ending.RECOVERED


def test_rules_do_not_judge_what_others_tell_apart() -> None:
    """A rule of the whole opens one incident, and none for each region of the rule beside it."""
    whole, apart = FAILURE.rules[0], replace(FAILURE.rules[0], name="apart", per=Per.REGION)
    facts = past([run(START + i, Outcome.FAIL, region=name) for i, name in enumerate(("eu-west-1", "us-east-1"))])
    for rules in ((whole, apart), (apart, whole)):
        found = in_turn(replace(FAILURE, rules=rules), facts, 2)
        assert sorted((each.rule, each.subject.region or "") for each in found) == [
            ("apart", "eu-west-1"), ("apart", "us-east-1"), ("smoke_test_failure", ""),
        ]  # fmt: skip


def test_every_rule_that_holds_is_told_in_their_order() -> None:
    """Of every place, and also where the rules after it have nothing to say."""
    second, third = (replace(FAILURE.rules[0], name=name) for name in ("second", "third"))
    quiet = replace(third, condition="failures >= 2", window="2 runs")
    pasts = [past([run(START, Outcome.FAIL, environment=name)], environment=name) for name in ("production", "canary")]
    rules = tuple(replace(each, environments=()) for each in (FAILURE.rules[0], second, quiet))
    done = evaluate(replace(FAILURE, rules=rules), pasts, (), START)
    assert [(each.subject.environment, each.rule) for each in done.notices] == [
        (place, name) for place in ("production", "canary") for name in ("smoke_test_failure", "second")
    ]


def a_check_fails() -> tuple[AlertRulesFile, Incident]:
    runs = every(HALF, START, "FF")
    book = only(
        BOOK, "smoke_test_failure", per=Per.CHECK, condition="consecutive_failures >= 2", window="2 runs",
        escalation=None,
    )  # fmt: skip
    facts = past(runs, [check(each, "home.load", each.verdict) for each in runs])
    (incident,) = evaluate(book, [facts], (), START + HALF).incidents
    return book, incident


def test_of_a_check_that_is_gone_from_the_history_somebody_is_reminded() -> None:
    book, incident = a_check_fails()
    done = evaluate(book, [past([])], [incident], START + 2 * HALF)
    assert [(each.kind, each.subject.check) for each in done.notices] == [(NoticeKind.REMINDED, "home.load")]


def test_what_is_open_elsewhere_is_judged_by_what_was_seen_there() -> None:
    """Of this rule too: the past of one environment says nothing of another."""
    book, incident = a_check_fails()
    book = replace(book, rules=(replace(book.rules[0], environments=()),))
    canary = replace(incident, subject=replace(incident.subject, environment="canary"))
    done = evaluate(book, [past([])], [canary], START + 5 * HOUR)
    assert (done.incidents, done.notices) == ((canary,), ())
