"""The history in a file: errors that show the way out, and files of earlier versions."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smoke.history.errors import HistoryError
from smoke.history.opening import history_file
from smoke.history.reader import Reader
from smoke.history.runs import History
from smoke.history.schema import MIGRATIONS
from smoke.model import Blame, Outcome
from tests.support.afresh import printed
from tests.support.histories import begin, in_child
from tests.support.run_builder import STARTED, a_measurement, a_result, a_run, a_typical_run, an_attempt

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the session may have servers in threads


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "history.db"


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_nothing_is_left_beside_the_file(path):
    """After a record the file is complete by itself: a cache that saves only history.db loses nothing."""
    History(path).record(a_typical_run())
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


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
    assert printed(program) == "[]"


def test_a_duration_that_is_none_is_not_told(path):
    """What somebody else wrote into the file keeps no run from its verdict."""
    history = History(path)
    run = a_run(a_result(), run_id="run-1")
    history.record(run)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE checks SET duration_ms = 'abc'")
    assert history.durations(run.suite, run.environment) == {}


def test_a_file_of_the_first_version_is_brought_up_to_date(path):
    """Its runs, what they measured, and what had begun are there, as if they had been written today."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.executescript((Path(__file__).parent / "version_1.sql").read_text(encoding="utf-8"))
    history = History(path)
    flaky, first = history.recent("shop", "production", 9)
    assert (first.run_id, flaky.run_id) == ("20261101T000000Z-aaaaaaaa", "20261101T003000Z-bbbbbbbb")
    (check,) = [check for check in flaky.checks if check.check_id == "health.api"]
    assert [(each.name, each.value) for each in check.measurements] == [
        ("health.api.total_ms", 42.5),
        ("health.api.error_rate", None),
        ("health.api.dns_ms", 2.5),
    ]
    assert [run.run_id for run in history.vanished(STARTED + 1e6)] == ["20261101T013000Z-dddddddd"]
    history.record(a_run(a_result(an_attempt(a_measurement("health.api.dns_ms", 3.5))), started=STARTED + 7200))
    reader = Reader(history.store)
    read = reader.readings("shop", "production", 0, 2 * STARTED, name="health.api.dns_ms")
    assert [(each.value, each.region) for each in read] == [(1.0, "eu-west-1"), (3.5, "eu-west-1"), (2.5, "us-east-1")]
    (failed,) = reader.checks("shop", "staging", 0, 2 * STARTED, "health.api")
    assert (failed.outcome, failed.blame, failed.at) == (Outcome.FAIL, Blame.APP_5XX, STARTED + 3612)
