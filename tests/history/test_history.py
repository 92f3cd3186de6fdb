"""The history: whole runs or nothing, and many writers."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.history.errors import HistoryError
from smoke.history.rows import insert_rows, rows_of
from smoke.history.runs import Begun, History
from smoke.judging.judged import Run
from smoke.model import Blame, Category, Outcome
from smoke.observation import Measurement, Unit
from smoke.storage.store import Store
from tests.support.histories import FORK, begin, in_child
from tests.support.run_builder import STARTED, a_finding, a_measurement, a_result, a_run, a_typical_run, an_attempt

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the session may have servers in threads


def rows(store: Store, table: str) -> int:
    with store.reading() as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


class Deadly(tuple[object, ...]):
    """Values of which the second half is never reached."""

    def __iter__(self) -> Iterator[object]:
        for index in range(len(self)):
            if index == len(self) // 2:
                os.kill(os.getpid(), signal.SIGKILL)
            yield self[index]


def test_a_recorded_run_can_be_read_back(store):
    """Everything that alerts and pages need of a run is there again, as frozen nouns."""
    failed = an_attempt(a_measurement("health.api.total_ms", None), findings=(a_finding(),))
    second = an_attempt(
        Measurement(name="health.api.total_ms", value=42.5, unit=Unit.MS, budget=100.0),
        Measurement(name="health.api.error_rate", value=None, unit=Unit.RATIO),
        number=2,
    )
    run = a_run(
        a_result(failed, second, outcome=Outcome.FLAKY, blame=Blame.APP_5XX),
        a_result(check_id="api.test"),
        verdict=Outcome.FLAKY,
        failed_category=Category.API_HEALTH,
        builds={"a": 1, "b": 2},
    )
    history = History(store)
    history.record(run)
    (past,) = history.recent("shop", "production", 10)
    assert (past.run_id, past.verdict, past.passed, past.builds) == ("run-1", Outcome.FLAKY, True, ("a", "b"))
    assert (past.started, past.finished, past.reason) == (run.started, run.finished, run.reason)
    assert (past.execution_point, past.region, past.failed_category) == ("scheduled", "eu-west-1", Category.API_HEALTH)
    assert [check.check_id for check in past.checks] == ["api.test", "health.api"]
    check = past.checks[1]
    assert (check.outcome, check.blame, check.reason) == (Outcome.FLAKY, Blame.APP_5XX, "GET /health (503) == 200")
    assert (check.category, check.critical, check.duration_ms) == (Category.API_HEALTH, True, 240.0)
    assert check.measurements == second.measurements
    assert rows(store, "attempts") == 3
    assert rows(store, "measurements") == 3


def test_recording_a_run_twice_keeps_it_once(store):
    """A retried record neither fails nor doubles anything."""
    history = History(store)
    for _ in range(2):
        history.record(a_typical_run())
    assert [rows(store, table) for table in ("runs", "checks", "attempts", "measurements")] == [1, 2, 2, 13]


def test_recent_runs_are_those_of_the_place_newest_first(store):
    """Only the suite and environment asked for, the newest first, no more than the limit."""
    history = History(store)
    for number in range(4):
        history.record(a_run(run_id=f"run-{number}", started=STARTED + number))
    history.record(a_run(run_id="elsewhere", environment="staging", started=STARTED + 9))
    history.record(a_run(run_id="other", suite="blog", started=STARTED + 9))
    assert [run.run_id for run in history.recent("shop", "production", 3)] == ["run-3", "run-2", "run-1"]
    assert history.recent("shop", "production", 0) == ()
    assert history.recent("shop", "canary", 3) == ()


def test_a_run_that_cannot_be_kept_whole_is_not_kept_at_all(store):
    """A run whose second check clashes with its first leaves no trace, and its mark stays."""
    history = History(store)
    begin(history)
    with pytest.raises(HistoryError, match=r"(?i)unique"):
        history.record(a_run(a_result(), a_result()))
    assert [rows(store, table) for table in ("runs", "checks", "attempts", "measurements")] == [0, 0, 0, 0]
    assert rows(store, "begun") == 1


def test_a_run_killed_while_it_is_written_leaves_nothing_half_written(store):
    """kill -9 in the middle of a record: earlier runs are whole, the killed one is absent, the next one is kept."""
    History(store).record(a_typical_run())
    killed = rows_of(a_typical_run(run_id="killed"))
    killed = dataclasses.replace(killed, measurements=Deadly(killed.measurements))

    def write() -> None:
        with store.writing() as db:
            insert_rows(db, killed)

    assert in_child(write) == -signal.SIGKILL
    history = History(store)
    history.record(a_run(run_id="next", started=STARTED + 1))
    assert [run.run_id for run in history.recent("shop", "production", 9)] == ["next", "run-1"]
    assert rows(store, "checks") == 2


def test_kills_at_any_moment_leave_only_whole_runs(store):
    """Whenever kill -9 strikes a busy writer, every run that is there has all of its measurements."""
    history = History(store)
    attempt = an_attempt(*(a_measurement(f"m{number}", 1.0) for number in range(200)))

    def write_for_ever(prefix: str) -> None:
        for number in range(10_000):
            history.record(a_run(a_result(attempt), run_id=f"{prefix}-{number}"))

    for trial in range(5):
        child = FORK.Process(target=write_for_ever, args=(f"trial-{trial}",))
        before = rows(store, "runs")
        child.start()
        while rows(store, "runs") == before and child.is_alive():
            child.join(0.01)
        child.join(0.03 * trial)
        child.kill()
        child.join()
    assert rows(store, "runs") > 0
    assert rows(store, "measurements") == 200 * rows(store, "runs")


def test_two_processes_write_at_the_same_time(store):
    """Concurrent runs wait for each other: none is lost, none fails, even when both have to make the file."""

    def write(prefix: str) -> None:
        history = History(store)
        for number in range(25):
            history.record(a_run(a_result(), run_id=f"{prefix}-{number}"))

    children = [FORK.Process(target=write, args=(str(index),)) for index in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert rows(store, "runs") == 50


def test_a_run_whose_process_died_has_vanished(store):
    """A run that began in a process that is dead never ended; the next run can say so, once."""
    history = History(store)
    assert in_child(lambda: begin(History(store))) == 0
    (lost,) = history.vanished(now=STARTED + 1)
    assert (lost.run_id, lost.suite, lost.environment, lost.started) == ("run-1", "shop", "production", STARTED)
    history.finish("run-1")
    assert history.vanished(now=STARTED + 1) == ()


def test_a_run_that_is_going_on_has_not_vanished(store):
    """A run of a living process that is not yet due is left in peace."""
    history = History(store)
    begin(history)
    assert history.vanished(now=STARTED + 1) == ()


def test_a_run_that_was_recorded_has_not_vanished(store):
    """Recording is finishing, in the same transaction."""
    history = History(store)
    begin(history)
    history.record(a_run())
    assert history.vanished(now=STARTED + 1e9) == ()


@pytest.mark.parametrize("host", [socket.gethostname(), "another-machine"])
def test_an_overdue_run_has_vanished_wherever_it_was(store, host):
    """Where the process cannot be asked (another runner, a number used again), the time that has passed decides."""
    history = History(store)
    begin(history)
    with store.writing() as db:
        db.execute("UPDATE begun SET host = ?, pid = ?", (host, os.getpid()))
    assert history.vanished(now=STARTED + 60) == ()
    assert [run.run_id for run in history.vanished(now=STARTED + 61)] == ["run-1"]


def test_a_dead_number_on_another_machine_proves_nothing(store):
    """Process numbers are asked on the machine that gave them, and nowhere else."""
    history = History(store)
    assert in_child(lambda: begin(History(store))) == 0
    with store.writing() as db:
        db.execute("UPDATE begun SET host = 'another-machine'")
    assert history.vanished(now=STARTED + 1) == ()


def test_a_process_of_another_user_is_alive(store, monkeypatch):
    """Not being allowed to signal a process is proof that it is there."""

    def forbidden(pid: int, number: int) -> None:
        raise PermissionError

    history = History(store)
    begin(history)
    monkeypatch.setattr(os, "kill", forbidden)
    assert history.vanished(now=STARTED + 1) == ()


def test_begun_is_what_was_said(store):
    """The mark of a run that vanished carries what an alert needs to name it."""
    history = History(store)
    begin(history, due=STARTED + 5)
    assert history.vanished(now=STARTED + 6) == (
        Begun(
            run_id="run-1",
            suite="shop",
            environment="production",
            execution_point="scheduled",
            started=STARTED,
            due=STARTED + 5,
            pid=os.getpid(),
            host=socket.gethostname(),
        ),
    )


def test_every_run_of_the_model_can_be_kept(store):
    """Each outcome and each blame survives the way into the file and back."""
    history = History(store)
    outcomes = [a_result(check_id=f"o.{outcome}", outcome=outcome) for outcome in Outcome]
    blames = [a_result(check_id=f"b.{blame}", outcome=blame.outcome, blame=blame) for blame in Blame]
    run: Run = a_run(*outcomes, *blames)
    history.record(run)
    (past,) = history.recent("shop", "production", 1)
    kept = {(check.check_id, check.outcome, check.blame) for check in past.checks}
    assert kept == {(result.check.id, result.outcome, result.blame) for result in run.results}


def test_how_long_a_check_takes_is_told_by_its_latest_runs(store):
    """The longest of them counts, of this suite and environment alone."""
    history = History(store)
    for number, duration_ms in enumerate((9000.0, 100.0, 300.0, 200.0)):
        attempt = dataclasses.replace(an_attempt(), duration_ms=duration_ms)
        run = a_run(a_result(attempt), run_id=f"run-{number}", started=STARTED + 60 * number)
        history.record(run)
    assert history.durations(run.suite, run.environment) == {run.results[0].check.id: 300.0}
    assert history.durations("another", run.environment) == {}
