"""The history: whole runs or nothing, many writers, and errors that show the way out."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from smoke.history import Begun, History, HistoryError
from smoke.history.opening import history_file
from smoke.history.schema import MIGRATIONS
from smoke.judged import CheckResult, Run
from smoke.model import Blame, Category, Measurement, Outcome, Unit
from tests.support.run_builder import STARTED, a_finding, a_measurement, a_result, a_run, a_typical_run, an_attempt

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the session may have servers in threads
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "history.db"


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def begin(history: History, run_id: str = "run-1", due: float = STARTED + 60) -> None:
    history.begin(run_id, suite="shop", environment="production", execution_point="scheduled", started=STARTED, due=due)


def in_child(work: Callable[[], object]) -> int | None:
    """Do ``work`` in a process of its own and return its exit code, negative for a signal."""
    child = FORK.Process(target=work)
    child.start()
    child.join(60)
    return child.exitcode


class Deadly(tuple[CheckResult, ...]):
    """Results of which the second half is never reached."""

    def __iter__(self) -> Iterator[CheckResult]:
        for index in range(len(self)):
            if index == len(self) // 2:
                os.kill(os.getpid(), signal.SIGKILL)
            yield self[index]


def test_a_recorded_run_can_be_read_back(path):
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
        builds=("a", "b"),
    )
    history = History(path)
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
    assert rows(path, "attempts") == 3
    assert rows(path, "measurements") == 3


def test_recording_a_run_twice_keeps_it_once(path):
    """A retried record neither fails nor doubles anything."""
    history = History(path)
    for _ in range(2):
        history.record(a_typical_run())
    assert [rows(path, table) for table in ("runs", "checks", "attempts", "measurements")] == [1, 2, 2, 11]


def test_recent_runs_are_those_of_the_place_newest_first(path):
    """Only the suite and environment asked for, the newest first, no more than the limit."""
    history = History(path)
    for number in range(4):
        history.record(a_run(run_id=f"run-{number}", started=STARTED + number))
    history.record(a_run(run_id="elsewhere", environment="staging", started=STARTED + 9))
    history.record(a_run(run_id="other", suite="blog", started=STARTED + 9))
    assert [run.run_id for run in history.recent("shop", "production", 3)] == ["run-3", "run-2", "run-1"]
    assert history.recent("shop", "production", 0) == ()
    assert history.recent("shop", "canary", 3) == ()


def test_the_last_good_run_is_the_newest_that_passed(path):
    """Later failures and runs that saw nothing do not count as good."""
    history = History(path)
    assert history.last_good("shop", "production") is None
    verdicts = [Outcome.PASS, Outcome.FLAKY, Outcome.FAIL, Outcome.INCONCLUSIVE]
    for number, verdict in enumerate(verdicts):
        history.record(a_run(run_id=verdict.value, verdict=verdict, started=STARTED + number))
    good = history.last_good("shop", "production")
    assert good is not None
    assert good.run_id == "FLAKY"


def test_a_run_that_cannot_be_kept_whole_is_not_kept_at_all(path):
    """A run whose second check clashes with its first leaves no trace, and its mark stays."""
    history = History(path)
    begin(history)
    with pytest.raises(HistoryError, match="UNIQUE"):
        history.record(a_run(a_result(), a_result()))
    assert [rows(path, table) for table in ("runs", "checks", "attempts", "measurements")] == [0, 0, 0, 0]
    assert rows(path, "begun") == 1


def test_a_run_killed_while_it_is_written_leaves_nothing_half_written(path):
    """kill -9 in the middle of a record: earlier runs are whole, the killed one is absent, the next one is kept."""
    History(path).record(a_typical_run())
    results = Deadly(a_result(check_id=f"check.{number}") for number in range(10))
    killed = a_run(run_id="killed", results=results)
    assert in_child(lambda: History(path).record(killed)) == -signal.SIGKILL
    history = History(path)
    history.record(a_run(run_id="next", started=STARTED + 1))
    assert [run.run_id for run in history.recent("shop", "production", 9)] == ["next", "run-1"]
    assert rows(path, "checks") == 2
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_kills_at_any_moment_leave_only_whole_runs(path):
    """Whenever kill -9 strikes a busy writer, every run that is there has all of its measurements."""
    history = History(path)
    attempt = an_attempt(*(a_measurement(f"m{number}", 1.0) for number in range(200)))

    def write_for_ever(prefix: str) -> None:
        for number in range(10_000):
            history.record(a_run(a_result(attempt), run_id=f"{prefix}-{number}"))

    for trial in range(5):
        child = FORK.Process(target=write_for_ever, args=(f"trial-{trial}",))
        before = rows(path, "runs")
        child.start()
        while rows(path, "runs") == before and child.is_alive():
            child.join(0.01)
        child.join(0.03 * trial)
        child.kill()
        child.join()
    assert rows(path, "runs") > 0
    assert rows(path, "measurements") == 200 * rows(path, "runs")


def test_two_processes_write_at_the_same_time(path):
    """Concurrent runs wait for each other: none is lost, none fails, even when both have to make the file."""

    def write(prefix: str) -> None:
        history = History(path)
        for number in range(25):
            history.record(a_run(a_result(), run_id=f"{prefix}-{number}"))

    children = [FORK.Process(target=write, args=(str(index),)) for index in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert rows(path, "runs") == 50


def test_nothing_is_left_beside_the_file(path):
    """After a record the file is complete by itself: a cache that saves only history.db loses nothing."""
    History(path).record(a_typical_run())
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_a_run_whose_process_died_has_vanished(path):
    """A run that began in a process that is dead never ended; the next run can say so, once."""
    history = History(path)
    assert in_child(lambda: begin(History(path))) == 0
    (lost,) = history.vanished(now=STARTED + 1)
    assert (lost.run_id, lost.suite, lost.environment, lost.started) == ("run-1", "shop", "production", STARTED)
    history.finish("run-1")
    assert history.vanished(now=STARTED + 1) == ()


def test_a_run_that_is_going_on_has_not_vanished(path):
    """A run of a living process that is not yet due is left in peace."""
    history = History(path)
    begin(history)
    assert history.vanished(now=STARTED + 1) == ()


def test_a_run_that_was_recorded_has_not_vanished(path):
    """Recording is finishing, in the same transaction."""
    history = History(path)
    begin(history)
    history.record(a_run())
    assert history.vanished(now=STARTED + 1e9) == ()


@pytest.mark.parametrize("host", [socket.gethostname(), "another-machine"])
def test_an_overdue_run_has_vanished_wherever_it_was(path, host):
    """Where the process cannot be asked (another runner, a number used again), the time that has passed decides."""
    history = History(path)
    begin(history)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE begun SET host = ?, pid = ?", (host, os.getpid()))
    assert history.vanished(now=STARTED + 60) == ()
    assert [run.run_id for run in history.vanished(now=STARTED + 61)] == ["run-1"]


def test_a_dead_number_on_another_machine_proves_nothing(path):
    """Process numbers are asked on the machine that gave them, and nowhere else."""
    history = History(path)
    assert in_child(lambda: begin(History(path))) == 0
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE begun SET host = 'another-machine'")
    assert history.vanished(now=STARTED + 1) == ()


def test_a_process_of_another_user_is_alive(path, monkeypatch):
    """Not being allowed to signal a process is proof that it is there."""

    def forbidden(pid: int, number: int) -> None:
        raise PermissionError

    history = History(path)
    begin(history)
    monkeypatch.setattr(os, "kill", forbidden)
    assert history.vanished(now=STARTED + 1) == ()


def test_begun_is_what_was_said(path):
    """The mark of a run that vanished carries what an alert needs to name it."""
    history = History(path)
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


def test_a_file_that_is_no_database_is_explained(path):
    """A corrupt file is named, with what to do about it; it is not overwritten."""
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(HistoryError, match="not a database; move the file away") as failure:
        History(path)
    assert str(path) in str(failure.value)
    assert path.read_bytes().startswith(b"this is not")


def test_a_damaged_database_is_explained(path):
    """A file that is damaged in the middle fails where it is read, with the same way out."""
    history = History(path)
    for number in range(50):
        history.record(a_typical_run(run_id=f"run-{number}"))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * len(data[4096:])
    path.write_bytes(data)
    with pytest.raises(HistoryError, match="malformed; move the file away"):
        history.recent("shop", "production", 50)


def test_a_folder_that_is_a_file_is_explained(path):
    """A reports folder that cannot be made is an error with the path, not a traceback of sqlite3."""
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(HistoryError, match="choose another one with --reports") as failure:
        History(path)
    assert str(path) in str(failure.value)


@pytest.mark.parametrize("existing", [False, True], ids=["no file yet", "file there"])
def test_a_read_only_folder_is_explained(tmp_path, monkeypatch, existing):
    """Without permission to write, beginning a run says so and names the way out."""
    if existing:
        History(tmp_path / "history.db").record(a_typical_run())
    tmp_path.chmod(0o555)
    monkeypatch.chdir(tmp_path)

    def try_it() -> None:
        if os.geteuid() == 0:
            os.setuid(65534)  # root may write anywhere
        try:
            begin(History(Path("history.db")))
        except HistoryError as error:
            os._exit(7 if "must be writable" in str(error) and "history.db" in str(error) else 8)

    try:
        assert in_child(try_it) == 7
    finally:
        tmp_path.chmod(0o755)


def test_a_writer_that_hangs_is_explained(path):
    """A lock that is never released costs the busy time-out and is then named."""
    history = History(dataclasses.replace(history_file(path), busy_s=0.1))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match=r"locked; another run has been writing for 0\.1 s"):
            history.record(a_run())


def test_a_newer_file_is_not_touched(path):
    """A history of a later version is refused, rather than misread or damaged."""
    History(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(HistoryError, match="newer version of smoke; upgrade"):
        History(path)


def test_an_older_file_is_brought_up_to_date(path):
    """A later version adds to an existing file what its migrations say, once, and keeps the runs."""
    History(path).record(a_typical_run())
    later = dataclasses.replace(history_file(path), migrations=(*MIGRATIONS, "ALTER TABLE begun ADD COLUMN note TEXT"))
    for _ in range(2):
        assert len(History(later).recent("shop", "production", 9)) == 1
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS) + 1


def test_a_migration_that_fails_changes_nothing(path):
    """Half a migration is undone: the older version can still read the file."""
    History(path).record(a_typical_run())
    broken = (*MIGRATIONS, "CREATE TABLE extra (a TEXT); CREATE NONSENSE")
    with pytest.raises(HistoryError):
        History(dataclasses.replace(history_file(path), migrations=broken))
    assert len(History(path).recent("shop", "production", 9)) == 1
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        rows(path, "extra")


def test_a_file_that_was_deleted_meanwhile_is_made_anew(path):
    """A long-lived watcher survives somebody clearing the reports folder."""
    history = History(path)
    path.unlink()
    history.record(a_run())
    assert rows(path, "runs") == 1


def test_importing_the_history_loads_nothing_heavy():
    """The history is standard library only: a run that uses it starts as fast as before."""
    program = "import sys, smoke.history; print(sorted({'yaml', 'pydantic', 'urllib3', 'pytest'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_every_run_of_the_model_can_be_kept(path):
    """Each outcome and each blame survives the way into the file and back."""
    history = History(path)
    outcomes = [a_result(check_id=f"o.{outcome}", outcome=outcome) for outcome in Outcome]
    blames = [a_result(check_id=f"b.{blame}", outcome=blame.outcome, blame=blame) for blame in Blame]
    run: Run = a_run(*outcomes, *blames)
    history.record(run)
    (past,) = history.recent("shop", "production", 1)
    kept = {(check.check_id, check.outcome, check.blame) for check in past.checks}
    assert kept == {(result.check.id, result.outcome, result.blame) for result in run.results}


def test_how_long_a_check_takes_is_told_by_its_latest_runs(path):
    """The longest of them counts, of this suite and environment alone."""
    history = History(path)
    for number, duration_ms in enumerate((9000.0, 100.0, 300.0, 200.0)):
        attempt = dataclasses.replace(an_attempt(), duration_ms=duration_ms)
        run = a_run(a_result(attempt), run_id=f"run-{number}", started=STARTED + 60 * number)
        history.record(run)
    assert history.durations(run.suite, run.environment) == {run.results[0].check.id: 300.0}
    assert history.durations("another", run.environment) == {}


def test_a_duration_that_is_none_is_not_told(path):
    """What somebody else wrote into the file keeps no run from its verdict."""
    history = History(path)
    run = a_run(a_result(), run_id="run-1")
    history.record(run)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE checks SET duration_ms = 'abc'")
    assert history.durations(run.suite, run.environment) == {}
