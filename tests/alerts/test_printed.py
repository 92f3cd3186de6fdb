"""Incidents, notices and replays as they stand on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smoke.alerts.engine import evaluate
from smoke.alerts.incident import Acknowledged, Incident
from smoke.alerts.notice import Ending
from smoke.alerts.printed import difference_lines, incident_line, notice_lines, replayed_lines
from smoke.alerts.replay import Replayed, compare, replay
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.model import Outcome, Severity
from tests.alerts.pasts import HOUR, MINUTE, at, every, only, past, run, shipped

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
FAILURE = only(shipped().book, "smoke_test_failure", remind="1h")
(OPENED,) = evaluate(FAILURE, [past([run(START, Outcome.FAIL)])], (), START).notices
(INCIDENT,) = (
    replace(each, id="abc") for each in evaluate(FAILURE, [past([run(START, Outcome.FAIL)])], (), START).incidents
)


def replayed(book: AlertRulesFile, verdicts: str) -> Replayed:
    found = replay(book, [past(every(HALF, START, verdicts))], START, START + len(verdicts) * HALF)
    return replace(found, incidents=tuple(replace(each, id="abc") for each in found.incidents))


@pytest.mark.parametrize(
    ("incident", "line"),
    [
        (INCIDENT, "open  critical  smoke_test_failure  betterprompts in production  [abc]"),
        (
            replace(INCIDENT, acknowledged=Acknowledged(by="anna", at=START)),
            "open  critical  smoke_test_failure  betterprompts in production  [abc], anna looks after it",
        ),
        (
            replace(INCIDENT, severity=Severity.LOW, closed=START + HOUR, ending=Ending.RECOVERED),
            "1h  low       smoke_test_failure  betterprompts in production  [abc]",
        ),
        (
            replace(INCIDENT, closed=START + HOUR, ending=Ending.RETIRED),
            "1h (retired)  critical  smoke_test_failure  betterprompts in production  [abc]",
        ),
    ],
)
def test_an_incident_is_a_line(incident: Incident, line: str) -> None:
    """When it opened, for how long it was open and how it ended, if not well."""
    assert incident_line(incident) == f"2026-03-02 10:00:00Z  {line}"


def test_a_notice_says_who_is_told_what_and_why() -> None:
    """What to do follows what supports it; what a rule does not say is no line."""
    lines = [
        "opened (critical, page oncall@betterprompts.com, slack:#alerts, pagerduty)",
        f"  {OPENED.sentence}",
        "    2026-03-02 10:00:00Z us-east-1: FAIL (api-health)",
        "  Acknowledge the alert and begin the investigation",
        "  Open the report of the run; its first red check names whose fault it is",
        "  docs/alert-response-guide.md#smoke_test_failure",
    ]
    assert [*notice_lines(OPENED)] == lines
    assert [*notice_lines(replace(OPENED, action="", hint=None))] == [*lines[:3], lines[5]]


def test_a_replay_is_its_incidents_and_how_often_somebody_was_told() -> None:
    assert [*replayed_lines(replayed(FAILURE, "FFPF"))] == [
        "2026-03-02 10:00:00Z  1h  critical  smoke_test_failure  betterprompts in production  [abc]",
        "2026-03-02 11:30:00Z  open  critical  smoke_test_failure  betterprompts in production  [abc]",
        "2 incidents, 7 notices (2 opened, 4 escalated, 1 closed), 6 of them paged",
    ]
    assert [*replayed_lines(replayed(FAILURE, "PP"))] == ["0 incidents, 0 notices (none), 0 of them paged"]


def test_a_change_of_rules_is_told_by_signs() -> None:
    """Of what is otherwise than before, first how it was, then how it will be."""
    now, new = replayed(FAILURE, "FPFF"), replayed(only(shipped().book, "smoke_test_failure", close_after=2), "FPFF")
    gone, before, after = (
        "2026-03-02 11:00:00Z  open  critical  smoke_test_failure  betterprompts in production  [abc]",
        "2026-03-02 10:00:00Z  30m  critical  smoke_test_failure  betterprompts in production  [abc]",
        "2026-03-02 10:00:00Z  open  critical  smoke_test_failure  betterprompts in production  [abc]",
    )
    assert [*difference_lines(compare(now, new))] == [
        f"~- {before}", f"~+ {after}", f"- {gone}", "0 added, 1 removed, 1 changed, 0 same",
    ]  # fmt: skip
    assert [*difference_lines(compare(new, now))] == [
        f"~- {after}", f"~+ {before}", f"+ {gone}", "1 added, 0 removed, 1 changed, 0 same",
    ]  # fmt: skip
    assert [*difference_lines(compare(new, new))] == [f"  {after}", "0 added, 0 removed, 0 changed, 1 same"]
