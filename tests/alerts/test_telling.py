"""Who is told of an incident, in which words, and what stands beside them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from smoke.alerts.engine import evaluate
from smoke.alerts.incident import Incident, incident_id
from smoke.alerts.notice import Ending, Notice
from smoke.alerts.past import PasswordFact, midnight
from smoke.alerts.printed import incident_line
from smoke.alerts.replay import replay
from smoke.alerts.subject import Subject
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.model import Outcome, Severity, Urgency
from tests.alerts.pasts import DAY, HOUR, MINUTE, at, every, only, past, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
FAILURE = only(BOOK, "smoke_test_failure")


def failed(book: AlertRulesFile = FAILURE) -> Incident:
    """What the only run opened, which failed at ten."""
    (incident,) = evaluate(book, [past([run(START, Outcome.FAIL)])], (), START).incidents
    return incident


def notices(book: AlertRulesFile, verdicts: str) -> tuple[Notice, ...]:
    return replay(book, [past(every(HALF, START, verdicts))], START, START + len(verdicts) * HALF).notices


@pytest.mark.parametrize(
    ("about", "written"),
    [
        ({}, "shop in canary"),
        ({"region": "eu-west-1", "check": "login"}, "shop in canary, eu-west-1, login"),
        ({"account": "basic"}, "shop in canary, account basic"),
    ],
)
def test_a_subject_is_written_with_what_tells_it_apart(about: dict[str, str], written: str) -> None:
    assert str(Subject(suite="shop", environment="canary", **about)) == written


def test_an_incident_has_one_id_whatever_version_runs_on_a_machine() -> None:
    """Receivers know it by its id while one machine is upgraded before the other."""
    subject = Subject(suite="shop", environment="canary", region="eu-west-1")
    assert incident_id("down", subject, START) == "ec795354ec86f069"


def test_each_step_tells_those_of_the_steps_before_and_asks_for_something() -> None:
    """Nobody is told before it is their turn, and nothing is asked of anybody when it is over."""
    first, second = {"oncall@betterprompts.com", "slack:#alerts", "pagerduty"}, {"lead@betterprompts.com"}
    third = {"incident-commander@betterprompts.com", "slack:#incident", "github"}
    assert [(set(each.recipients), each.action, each.urgency) for each in notices(FAILURE, "FFFP")] == [
        (first, "Acknowledge the alert and begin the investigation", Urgency.PAGE),
        (first, "Make an initial diagnosis and apply known fixes", Urgency.PAGE),
        (first | second, "Escalate to the lead", Urgency.PAGE),
        (first | second | third, "Incident commander, war room, tell customers", Urgency.PAGE),
        (first | second | third, "", Urgency.TELL),
    ]


def test_a_step_may_wake_somebody_where_the_severity_does_not() -> None:
    book = only(
        BOOK, "smoke_test_failure", severity=Severity.WARNING, escalation="on-call-after-10-minutes", remind="2d"
    )
    assert [each.urgency for each in notices(book, "FP")] == [Urgency.TELL, Urgency.PAGE, Urgency.TELL]


def test_without_an_escalation_nothing_is_asked_and_nobody_is_named() -> None:
    (notice, *_) = notices(only(BOOK, "smoke_test_failure", escalation=None), "F")
    assert (notice.roles, notice.action, notice.urgency) == ((), "", Urgency.PAGE)
    assert notice.recipients == ("oncall@betterprompts.com", "slack:#alerts")


def test_a_notice_leads_to_the_newest_bad_run_and_to_what_to_do() -> None:
    runs = every(HALF, START, "FFP")
    hint, runbook = FAILURE.rules[0].hint, FAILURE.rules[0].runbook
    found = [each for each in notices(FAILURE, "FFP") if each.kind in {"opened", "closed"} or each.roles[1:]]
    assert [(each.run_id, each.hint, each.runbook, each.closed, each.ending) for each in found] == [
        (runs[0].run_id, hint, runbook, None, None),
        (runs[1].run_id, hint, runbook, None, None),
        (runs[1].run_id, hint, runbook, START + HOUR, Ending.RECOVERED),
    ]
    assert [len(each.evidence) for each in found] == [1, 2, 2]


def test_an_incident_that_escalated_is_closed_when_its_rule_is_gone() -> None:
    """There are no steps any more, nor a hint."""
    late = replace(failed(), level=3)
    done = evaluate(replace(FAILURE, rules=()), [past([])], [late], START + HOUR)
    assert [(each.closed, each.ending) for each in done.incidents] == [(START + HOUR, Ending.RETIRED)]
    assert [(each.roles, each.action, each.hint, each.closed) for each in done.notices] == [
        ((), "", None, START + HOUR)
    ]
    assert evaluate(replace(FAILURE, rules=()), [past([])], done.incidents, START + DAY).changed == ()


def test_a_reminder_says_for_how_long_it_is_so_already() -> None:
    done = evaluate(FAILURE, [past([run(START, Outcome.FAIL)])], [failed()], START + 15 * MINUTE)
    assert done.notices[0].sentence == (
        "The smoke test fails: betterprompts in production, still, for 15m since 2026-03-02 10:00 UTC: "
        "success_rate < 90.00% over 1 run, seen 0.00% (smoke_test_failure)"
    )


def test_a_password_that_is_changed_on_the_day_on_which_it_is_due_is_well() -> None:
    book = only(BOOK, "password_too_old")
    old, new = (past([], passwords=[PasswordFact(account="basic", changed=date(2026, 1, day))]) for day in (1, 31))
    now = at("2026-01-31 00:00") + 1
    first = evaluate(book, [old], (), now).incidents
    done = evaluate(book, [new], first, now + HOUR)
    assert [(each.ending, each.recover_s) for each in done.incidents] == [(Ending.RECOVERED, 0)]
    assert "account basic: over after 0s, within the 4h" in done.notices[0].sentence
    assert evaluate(book, [old], done.incidents, now + 2 * HOUR).changed == (), "an older account of it comes in"


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is nine hours ahead."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_every_time_is_of_utc_wherever_the_machine_is() -> None:
    (notice,) = evaluate(FAILURE, [past([run(START, Outcome.FAIL)])], (), START).notices
    assert "since 2026-03-02 10:00 UTC" in notice.sentence
    assert notice.evidence == ("2026-03-02 10:00:00Z us-east-1: FAIL (api-health)",)
    assert incident_line(failed()).startswith("2026-03-02 10:00:00Z  open")
    assert midnight(date(2026, 3, 2)) == at("2026-03-02 00:00")
