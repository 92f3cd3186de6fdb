"""The ledger: what other runs did counts, whole, and nothing of it is kept for ever."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from smoke.accounts.errors import LedgerError
from smoke.accounts.ledger import KEPT_S, MIGRATIONS, Ledger, Tenant, ledger_file, ledger_memory, ledger_path
from smoke.accounts.pacing import STEP_S, Closed, LoginAnswer, Pace, Wait
from smoke.secrets.secret import Secret
from smoke.storage.sqlite import SqliteFile

NOW = 1_800_000_000.0
USER = "smoke@shop.example"
SHOP = "https://shop.example"

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "accounts.db"


@pytest.fixture
def ledger(path: Path) -> Ledger:
    return Ledger(ledger_file(path), SHOP)


def tenant(run_id: str = "run-1", host: str = "here", due: float = NOW + 60) -> Tenant:
    return Tenant(run_id=run_id, host=host, pid=1, since=NOW, due=due)


def refuse(ledger: Ledger, at: float) -> None:
    ledger.add_login(USER, at, LoginAnswer.REFUSED)


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"SMOKE_STATE": "/srv/smoke"}, "/srv/smoke/accounts.db"),
        ({"XDG_STATE_HOME": "/x/state", "HOME": "/home/qa"}, "/x/state/smoke-harness/accounts.db"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/qa"}, "/home/qa/.local/state/smoke-harness/accounts.db"),
        ({"HOME": "/home/qa"}, "/home/qa/.local/state/smoke-harness/accounts.db"),
        ({"SMOKE_STATE": "", "HOME": "/home/qa"}, "/home/qa/.local/state/smoke-harness/accounts.db"),
    ],
)
def test_the_ledger_is_in_the_users_state_folder(environ: dict[str, str], path: str) -> None:
    """SMOKE_STATE moves it; a relative XDG_STATE_HOME is not valid, as the standard says."""
    assert ledger_path(environ) == Path(path)


def test_refusals_of_other_runs_close_an_account(path: Path, ledger: Ledger) -> None:
    """Each run opens the file anew, and counts what the ones before were answered; other targets are others."""
    for minutes in (3, 2, 1):
        refuse(ledger, NOW - 60 * minutes)
    assert isinstance(Ledger(ledger_file(path), SHOP).begin_login(USER, Pace(), NOW), Closed)
    assert isinstance(Ledger(ledger_file(path), "https://other.example").begin_login(USER, Pace(), NOW), int)
    assert isinstance(ledger.begin_login("other@shop.example", Pace(), NOW), int)


def test_a_login_that_never_ended_was_one(ledger: Ledger) -> None:
    """A run that was killed in the middle signed in, as far as spacing and budget go."""
    number = ledger.begin_login(USER, Pace(), NOW)
    assert isinstance(number, int)
    pace = Pace(spacing_s=10)
    assert isinstance(ledger.begin_login(USER, pace, NOW + 5), Wait)
    ledger.drop_login(number)
    assert isinstance(ledger.begin_login(USER, pace, NOW + 5), int)


def test_what_is_kept_of_a_password_is_not_the_password(path: Path, ledger: Ledger) -> None:
    """Four digits of a salted digest tell that it changed, and another ledger has others."""
    word, elsewhere = Secret("correct-horse-7"), path.parent / "elsewhere.db"
    for each in (ledger, Ledger(ledger_file(elsewhere), SHOP)):
        each.add_login(USER, NOW, LoginAnswer.REFUSED, word)
        each.rotated(USER, word, NOW)
    kept = []
    for file in (path, elsewhere):
        assert word.reveal().encode() not in file.read_bytes()
        with closing(sqlite3.connect(file)) as db:
            kept += [*db.execute("SELECT password FROM logins"), *db.execute("SELECT old FROM rotations")]
    assert [len(each) for (each,) in kept] == [4] * 4
    assert kept[0] == kept[1] != kept[2]


def test_a_password_that_was_rotated_is_not_tried(ledger: Ledger) -> None:
    """A run that read its environment before is told, and the new password may be tried."""
    ledger.rotated(USER, Secret("old-and-long"), NOW)
    closed = ledger.begin_login(USER, Pace(), NOW + 1, Secret("old-and-long"))
    assert isinstance(closed, Closed)
    assert "was rotated at 2027-01-15 08:00 UTC, and this run has the old one" in closed.reason
    assert isinstance(ledger.begin_login(USER, Pace(), NOW + 1, Secret("new-and-long")), int)


def test_a_forgiven_account_is_as_new(ledger: Ledger) -> None:
    """Neither refusals nor counts nor rotations are left of it, and other accounts keep theirs."""
    for user in (USER, "other@shop.example"):
        for minutes in (3, 2, 1):
            ledger.add_login(user, NOW - 60 * minutes, LoginAnswer.REFUSED)
    ledger.rotated(USER, Secret("old-and-long"), NOW)
    assert ledger.forgive(USER) == 3
    assert isinstance(ledger.begin_login(USER, Pace(per_hour=1), NOW, Secret("old-and-long")), int)
    assert isinstance(ledger.begin_login("other@shop.example", Pace(), NOW), Closed)


def test_a_ledger_of_the_version_before_is_brought_up_to_date(path: Path) -> None:
    """What it knows of refusals still counts, of whatever password they were."""
    path.parent.mkdir(parents=True)
    old = SqliteFile(path=path, migrations=MIGRATIONS[:1], raises=LedgerError, elsewhere="x", lost="y")
    with old.writing() as db:
        row = "INSERT INTO logins (origin, user, at, answer) VALUES (?, ?, ?, 'refused')"
        db.executemany(row, [(SHOP, USER, NOW - 60 * minutes) for minutes in (3, 2, 1)])
    assert isinstance(Ledger(ledger_file(path), SHOP).begin_login(USER, Pace(), NOW, Secret("any-of-them")), Closed)


def claim(path: Path, results: object, gate: object) -> None:
    ledger = Ledger(ledger_file(path), SHOP)
    gate.wait(20)
    results.put(ledger.claim_step(USER, NOW))


def test_a_time_step_is_given_to_one_of_many_runs(path: Path) -> None:
    """Eight processes ask for the same step at the same moment: one gets it, the others are told to wait."""
    results, gate = FORK.Queue(), FORK.Barrier(8)
    children = [FORK.Process(target=claim, args=(path, results, gate)) for _ in range(8)]
    for child in children:
        child.start()
    waits = sorted(results.get(timeout=30) for _ in children)
    for child in children:
        child.join(20)
    assert waits == [0, *[STEP_S - NOW % STEP_S] * 7]


def test_a_step_from_a_clock_that_was_wrong_is_forgotten(ledger: Ledger) -> None:
    """A day in the future no server accepted a code: it must not keep the account waiting until then."""
    assert ledger.claim_step(USER, NOW + KEPT_S) == 0
    assert ledger.claim_step(USER, NOW) == 0
    assert ledger.claim_step(USER, NOW - STEP_S) > 0, "a step before one that was just used is refused"


def test_old_rows_are_pruned(path: Path, ledger: Ledger) -> None:
    """The file stays small without anybody looking after it."""
    refuse(ledger, NOW - 2 * KEPT_S)
    ledger.claim_step(USER, NOW - 2 * KEPT_S)
    ledger.take(USER, tenant(due=NOW - 2 * KEPT_S), NOW - 2 * KEPT_S)
    ledger.begin_login("other@shop.example", Pace(), NOW)
    ledger.claim_step(USER, NOW)
    with closing(sqlite3.connect(path)) as db:
        left = [
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("logins", "used_steps", "leases")
        ]
    assert left == [1, 1, 0]


def test_a_lease_of_another_host_counts_until_it_is_due(ledger: Ledger) -> None:
    """A machine that died gives its account back by the clock; one that lives gives it back itself."""
    there, here = tenant("run-there", "there"), tenant("run-here")
    assert ledger.take(USER, there, NOW) is None
    held = ledger.take(USER, here, NOW + 59)
    assert held is not None
    assert (held.run_id, held.since) == ("run-there", NOW)
    assert ledger.take(USER, here, NOW + 61) is None
    ledger.give_back(USER, "run-there")
    assert ledger.holder(USER).run_id == "run-here", "only the run that holds it gives it back"
    ledger.give_back(USER, "run-here")
    assert ledger.take(USER, there, NOW) is None


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at as one"])
def test_a_broken_ledger_says_which_file_and_the_way_out(path: Path, ledger: Ledger, content: bytes) -> None:
    """Nobody signs in on a guess: the error names file, reason and what to do."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"accounts\.db: file is not a database; move the file away"):
        ledger.begin_login(USER, Pace(), NOW)


def test_a_ledger_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A file in place of its folder stands for a full or read-only disk."""
    (tmp_path / "state").write_text("")
    with pytest.raises(LedgerError, match="SMOKE_STATE"):
        Ledger(ledger_file(tmp_path / "state" / "accounts.db"), SHOP).claim_step(USER, NOW)


def test_new_accounts_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger in memory keeps the same rules, and no file."""
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(ledger_memory(), SHOP)
    for _ in range(3):
        refuse(ledger, time.time())
    assert isinstance(ledger.begin_login(USER, Pace(), time.time()), Closed)
    assert list(tmp_path.iterdir()) == []
