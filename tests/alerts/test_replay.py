"""At which moments a replay looks at the past, and how what two of them found is compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from smoke.alerts.engine import Evaluated, evaluate
from smoke.alerts.incident import Incident
from smoke.alerts.past import PasswordFact, Past
from smoke.alerts.replay import Change, Replayed, compare, replay
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.model import Outcome
from tests.alerts.pasts import DAY, HOUR, MINUTE, at, clock, every, only, past, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
FAILURE = only(BOOK, "smoke_test_failure")
(INCIDENT,) = evaluate(FAILURE, [past([run(START, Outcome.FAIL)])], (), START).incidents
OVER = replace(INCIDENT, closed=START + HOUR)


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (0, 44, []),
        (0, 46, ["10:45"]),
        (40, 60, ["10:45"]),
        (50, 70, ["10:50"]),
    ],
)
def test_a_missed_slot_is_told_when_its_grace_is_over(since: float, until: float, told: list[str]) -> None:
    """A single run answered, at ten: the slot of half past ten is missed a quarter of an hour later."""
    facts = past([run(START, suite="mosaic", region="local")], suite="mosaic")
    found = replay(only(BOOK, "heartbeat_missing"), [facts], START + since * MINUTE, START + until * MINUTE)
    assert [(clock(each.at) or "")[6:11] for each in found.notices] == told


@pytest.mark.parametrize(
    ("verdicts", "until", "kinds"),
    [
        ("PF", HALF, ["opened"]),
        ("FP", HALF, ["opened", "escalated", "closed"]),
        ("F", 15 * MINUTE, ["opened", "escalated"]),
        ("F", 15 * MINUTE - 1, ["opened"]),
    ],
)
def test_what_happens_in_the_last_moment_is_told(verdicts: str, until: float, kinds: list[str]) -> None:
    found = replay(FAILURE, [past(every(HALF, START, verdicts))], START, START + until)
    assert [str(each.kind) for each in found.notices] == kinds


def test_passwords_are_looked_at_for_the_rules_that_ask_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """And at nothing where a rule is of another suite."""
    looked: list[str | None] = []

    def noted(book: AlertRulesFile, pasts: list[Past], incidents: tuple[Incident, ...], now: float) -> Evaluated:
        looked.append(clock(now))
        return evaluate(book, pasts, incidents, now)

    monkeypatch.setattr("smoke.alerts.replay.evaluate", noted)
    facts = past([], passwords=[PasswordFact(account="basic", changed=date(2026, 3, 1))])
    for book in (FAILURE, only(BOOK, "password_too_old", suites=("mosaic",)), only(BOOK, "password_too_old")):
        replay(book, [facts], START, START + 60 * DAY)
    assert looked[:4] == ["03-02 10:00:00"] * 3 + ["03-31 00:00:00"]


@pytest.mark.parametrize(
    ("now", "new", "changes"),
    [
        (INCIDENT, INCIDENT, [Change.SAME]),
        (INCIDENT, OVER, [Change.CHANGED]),
        (INCIDENT, replace(INCIDENT, opened=START + DAY), [Change.CHANGED]),
        (replace(OVER, closed=START), replace(OVER, closed=START), [Change.SAME]),
        (OVER, replace(OVER, opened=START + HOUR, closed=None), [Change.CHANGED]),
        (OVER, replace(OVER, opened=START + HOUR + 1, closed=None), [Change.REMOVED, Change.ADDED]),
        (INCIDENT, replace(INCIDENT, rule="other"), [Change.REMOVED, Change.ADDED]),
    ],
    ids=["open", "over", "opened later", "over at once", "one after the other", "apart", "of another rule"],
)
def test_incidents_are_the_same_where_they_were_open_at_one_time(
    now: Incident, new: Incident, changes: list[Change]
) -> None:
    one, other = (Replayed(incidents=(each,), notices=()) for each in (now, new))
    assert [each.change for each in compare(one, other)] == changes
