"""Runs are carried whole, once, in any order; what is no run is refused by its number and takes nothing with it."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest

from smoke.history.carrying import exported, imported, merged, merged_file
from smoke.history.incidents import IncidentRow, Incidents
from smoke.history.opening import history_file
from smoke.history.outbox import Outbox, Parcel
from smoke.history.reader import Reader
from smoke.history.runs import History
from smoke.model import Blame, Outcome
from smoke.storage.store import Store
from tests.support.histories import FORK
from tests.support.run_builder import STARTED, a_finding, a_measurement, a_result, a_run, a_typical_run, an_attempt

DAY = 86_400.0
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Store:
    """The history of another machine, of three runs."""
    store = history_file(tmp_path / "elsewhere.db")
    history = History(store)
    first = an_attempt(a_measurement("a.total_ms", None), findings=(a_finding(),))
    second = an_attempt(a_measurement("a.total_ms", 42.5), a_measurement("a.dns_ms", float("inf")), number=2)
    flaky = a_result(first, second, outcome=Outcome.FLAKY, blame=Blame.APP_5XX)
    history.record(a_run(flaky, a_result(check_id="zwölf ☃"), run_id="flaky", region="us", finished=STARTED + 2000))
    history.record(a_typical_run(run_id="typical"))
    nothing = dataclasses.replace(a_result(outcome=Outcome.NOT_RUN), attempts=(), not_run="no browser")
    history.record(a_run(nothing, run_id="nothing", verdict=Outcome.INCONCLUSIVE, finished=STARTED + 3000))
    return store


def test_what_is_carried_is_there_as_it_was(store: Store, elsewhere: Store) -> None:
    """Every table has the same rows, and a reader sees the same."""
    lines = [*exported(elsewhere)]
    assert [json.loads(line)["run_id"] for line in lines] == ["typical", "flaky", "nothing"]
    result = imported(store, lines)
    assert (result.new, result.known, result.bad) == (3, 0, ())
    assert [*exported(store)] == lines
    window = ("shop", "production", 0, 2 * STARTED)
    assert Reader(store).checks(*window) == Reader(elsewhere).checks(*window)
    read = [Reader(each).readings(*window, name="a.total_ms") for each in (store, elsewhere)]
    assert read[0] == read[1]
    assert [each.value for each in read[0]] == [42.5]


def test_runs_may_come_twice_and_in_any_order(store: Store, elsewhere: Store) -> None:
    """From several caches, which overlap; the outcome is the same."""
    lines = [*exported(elsewhere)]
    random.Random(7).shuffle(lines)
    assert imported(store, lines[:2]).new == 2
    again = imported(store, [*lines, *lines])
    assert (again.new, again.known) == (1, 5)
    assert {*exported(store)} == {*lines}


def test_only_the_latest_are_exported(elsewhere: Store) -> None:
    """By when they ended."""
    assert [json.loads(line)["run_id"] for line in exported(elsewhere, STARTED + 2000)] == ["flaky", "nothing"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda line: line[:100], "EOF"),
        (lambda line: "[]", "should be an object"),
        (lambda line: line.replace('"smoke_history":1', '"smoke_history":2'), "another version of smoke"),
        (lambda line: line.replace('"verdict":"PASS"', '"verdict":"GREEN"'), "verdict: Input should be 'PASS'"),
        (lambda line: line.replace('"run_id":"typical"', '"run_id":""'), "run_id: String should have at least 1"),
        (lambda line: line.replace('"passed":true', '"passed":true,"more":1'), "more: Extra inputs"),
        (
            lambda line: line.replace('"number":1', '"number":"one"'),
            "attempts.0.number: Input should be a valid",
        ),
        (lambda line: line.replace('"check_id":"homepage.load"', '"check_id":"health.api"'), "twice"),
    ],
    ids=["cut off", "no run", "later version", "verdict", "no id", "unknown field", "no number", "check twice"],
)
def test_a_bad_line_is_refused_by_its_number(store: Store, elsewhere: Store, spoil: Any, why: str) -> None:
    """All others are kept, those before it and those after it."""
    typical, flaky, nothing = exported(elsewhere)
    result = imported(store, [f"{flaky}\n".encode(), b"\n", spoil(typical).encode(), nothing.encode()])
    assert result.new == 2
    ((number, told),) = [(bad.number, bad.why) for bad in result.bad]
    assert number == 3
    assert why in told
    assert [json.loads(line)["run_id"] for line in exported(store)] == ["flaky", "nothing"]


def test_what_is_still_to_be_delivered_is_carried_and_what_was_delivered_is_not_put_again(
    store: Store, elsewhere: Store
) -> None:
    """In its order; of what ended, only the key, and only for a while."""
    theirs, ours = Outbox(elsewhere), Outbox(store)
    theirs.put(*(a_parcel(key, STARTED) for key in ("old", "sent", "first", "second")))
    theirs.sent("old", STARTED - 3 * DAY)
    theirs.sent("sent", STARTED, receipt="ok")
    theirs.failed("first", STARTED, "no answer", next_try=STARTED + 60)
    lines = [*exported(elsewhere)]
    assert imported(store, lines).deliveries == 3
    assert imported(store, lines).deliveries == 0
    assert ours.waiting("alert:slack") == theirs.waiting("alert:slack")
    assert ours.put(a_parcel("sent", STARTED), a_parcel("old", STARTED)) == 1
    ours.refused("first", STARTED + 1, "too late")
    assert imported(elsewhere, exported(store)).deliveries == 1
    assert [parcel.key for parcel in theirs.waiting("alert:slack")] == ["second"]
    assert imported(store, ['{"smoke_delivery":1,"key":"x"}']).bad[0].why.endswith("Field required")


def a_parcel(key: str, created: float) -> Parcel:
    return Parcel(key=key, to="alert:slack", kind="message", body=f"of {key}", created=created, expires=created + DAY)


def test_histories_are_merged(store: Store, elsewhere: Store) -> None:
    """What is in both is there once, as it was here."""
    History(store).record(a_run(a_result(), run_id="typical"))
    History(store).record(a_run(a_result(), run_id="mine"))
    result = merged(store, elsewhere)
    assert (result.new, result.known) == (2, 1)
    assert len(History(store).recent("shop", "production", 9)) == 4
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM checks WHERE run_id = 'typical'").fetchone()[0] == 1


def test_a_file_that_is_merged_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    """It may be of an earlier version, which others still write."""
    import sqlite3
    from contextlib import closing

    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((Path(__file__).parent / "version_1.sql").read_text(encoding="utf-8"))
    before = path.read_bytes()
    assert merged_file(store, path).new == 3
    assert path.read_bytes() == before


def test_many_import_the_same_at_once(store: Store, elsewhere: Store) -> None:
    """Four machines start from the same cache: each run is there once, and none of them fails."""
    lines = [*exported(elsewhere)]
    History(store)

    def work() -> None:
        result = imported(store, lines)
        assert result.new + result.known == 3

    children = [FORK.Process(target=work) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 4
    assert [*exported(store)] == lines


def an_incident(incident_id: str, closed: float | None = None, body: str = '{"title":"é"}') -> IncidentRow:
    return IncidentRow(
        incident_id=incident_id, suite="shop", environment="production", rule="down", opened=STARTED, closed=closed,
        body=body,
    )  # fmt: skip


def test_incidents_are_carried_too(store: Store, elsewhere: Store) -> None:
    """What was closed there is closed here, and what was closed here stays so, whatever an older line says."""
    for one in (an_incident("open"), an_incident("over there"), an_incident("over here", closed=STARTED + 9)):
        Incidents(store).save(one)
    theirs = [an_incident("new"), an_incident("open"), an_incident("over there", STARTED + 5), an_incident("over here")]
    for one in theirs:
        Incidents(elsewhere).save(one)
    assert imported(store, [*exported(elsewhere)]).incidents == 2
    found = {each.incident_id: each.closed for each in Incidents(store).between(0, 2 * STARTED)}
    assert found == {"new": None, "open": None, "over there": STARTED + 5, "over here": STARTED + 9}
    assert merged(store, elsewhere).incidents == 0
    assert [line for line in exported(elsewhere) if "é" in line or "\\u00e9" in line]
    assert an_incident("new") in Incidents(store).between(0, float("inf"))


@pytest.mark.parametrize("spoil", [('"opened":', '"opened":-'), ('"body":"{', '"body":"['), ('"rule":"down",', "")])
def test_a_line_that_is_no_incident_is_refused(store: Store, elsewhere: Store, spoil: tuple[str, str]) -> None:
    Incidents(elsewhere).save(an_incident("one"))
    *runs, line = exported(elsewhere)
    result = imported(store, [line.replace(*spoil), *runs])
    assert ([bad.number for bad in result.bad], result.new, result.incidents) == ([1], 3, 0)
