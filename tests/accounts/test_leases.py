"""Leases between real processes: one at a time, and a process that dies gives its account back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.accounts.leases import Leases
from smoke.accounts.ledger import Ledger, Tenant, ledger_file
from smoke.accounts.one_time import wait_in_vain

USER = "smoke@shop.example"
SHOP = "https://shop.example"

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
FORK = multiprocessing.get_context("fork")


def leases(folder: Path, run_id: str = "run-here", host: str = "here") -> Leases:
    now = time.time()
    tenant = Tenant(run_id=run_id, host=host, pid=os.getpid(), since=now, due=now + 60)
    return Leases(Ledger(ledger_file(folder / "accounts.db"), SHOP), folder, tenant, wait_in_vain, lambda _line: None)


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def hold(folder: Path, line: Any) -> None:
    """Take the account, say so, and keep it until told."""
    mine = leases(folder, "run-other")
    mine.take(USER, soon())
    line.send("taken")
    line.recv()
    mine.give_back()


@dataclass(frozen=True)
class Other:
    """Another process that holds the account."""

    process: Any
    line: Any

    def end(self) -> None:
        self.line.send("end")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Other]:
    here, there = FORK.Pipe()
    child = FORK.Process(target=hold, args=(tmp_path, there))
    child.start()
    assert here.poll(20)
    assert here.recv() == "taken"
    yield Other(child, here)
    child.kill()
    child.join(20)


def test_who_waits_in_vain_is_told_who_holds_the_account(tmp_path: Path, other: Other) -> None:
    """A run of the same machine has it: which one, in which process, since when."""
    process = rf"process {other.process.pid} on here"
    said = rf"{USER} is free, but run run-other \({process}\) has held it since \d\d:\d\d:\d\d UTC"
    with pytest.raises(AccountUnavailableError, match=said):
        leases(tmp_path).take(USER, soon(0.3))


def test_an_account_that_is_given_back_goes_to_who_waits(tmp_path: Path, other: Other) -> None:
    """The wait ends with the other run, not with the patience of this one."""
    threading.Timer(0.3, other.end).start()
    begun = time.monotonic()
    mine = leases(tmp_path)
    mine.take(USER, soon())
    assert time.monotonic() - begun < 10
    mine.give_back()


def test_a_killed_process_frees_its_account(tmp_path: Path, other: Other) -> None:
    """kill -9 leaves its row behind, but not the lock, which decides on one machine."""
    os.kill(other.process.pid, signal.SIGKILL)
    other.process.join(20)
    mine = leases(tmp_path)
    mine.take(USER, soon())
    mine.give_back()


def test_another_host_is_believed_until_its_lease_is_due(tmp_path: Path) -> None:
    """Its locks cannot be seen from here, so its row counts; it waits for nobody's sake when that is given back."""
    ledger, mine = Ledger(ledger_file(tmp_path / "accounts.db"), SHOP), leases(tmp_path)
    now = time.time()
    ledger.take(USER, Tenant(run_id="run-there", host="there", pid=7, since=now, due=now + 60), now)
    with pytest.raises(AccountUnavailableError, match=r"run-there \(process 7 on there\)"):
        mine.take(USER, soon(0.3))
    ledger.give_back(USER, "run-there")
    mine.take(USER, soon(0.3))


def test_other_accounts_and_other_targets_are_free(tmp_path: Path, other: Other) -> None:
    """The same name at another deployment is another account."""
    leases(tmp_path).take("other@shop.example", soon(0.3))
    elsewhere = leases(tmp_path)
    elsewhere._ledger = Ledger(ledger_file(tmp_path / "accounts.db"), "https://other.example")
    elsewhere.take(USER, soon(0.3))


def compete(folder: Path, note: Path, rounds: int) -> None:
    for _ in range(rounds):
        mine = leases(folder, f"run-{os.getpid()}")
        mine.take(USER, soon(60))
        with note.open("x"):
            pass
        note.unlink()
        mine.give_back()


def test_never_two_at_a_time(tmp_path: Path) -> None:
    """Four processes take turns; a file that must not exist twice shows if two ever held it together."""
    children = [FORK.Process(target=compete, args=(tmp_path, tmp_path / "held", 3)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(90)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """No lock, no account."""
    (tmp_path / "leases").write_text("")
    with pytest.raises(LedgerError, match="SMOKE_STATE"):
        leases(tmp_path).take(USER, soon(0.3))
