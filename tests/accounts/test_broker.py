"""The broker of one run: one check at a time for each account, and never a second try after a refusal."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from smoke.accounts.broker import Broker
from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.accounts.ledger import Ledger, Tenant, ledger_file, ledger_memory
from smoke.accounts.opening import open_broker
from smoke.accounts.pacing import LoginAnswer, Pace
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.admission import admission
from smoke.probing.failing import ProbeFailedError

USER, OTHER = "smoke@shop.example", "premium@shop.example"
SHOP = "https://shop.example"
REFUSAL = "POST /login answered 401"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "accounts.db"


def a_run(
    path: Path | None = None, run_id: str = "run-1", left_s: float = 60.0, users: tuple[str, ...] = (USER,)
) -> Any:
    return open_broker(origin=SHOP, users=users, run_id=run_id, left_s=left_s, path=path)


def refused(broker: Broker, check_id: str = "login.basic") -> None:
    with broker.lease(USER):
        broker.before_login(USER)
        broker.after_login(USER, check_id, LoginAnswer.REFUSED, REFUSAL)


def test_a_refused_account_is_not_tried_again_in_the_run() -> None:
    """Whichever check comes next is told which one saw the refusal, and how."""
    with a_run() as broker:
        refused(broker)
        with pytest.raises(AccountUnavailableError, match="never within one run") as caught:
            broker.before_login(USER)
        assert caught.value.finding.blame is Blame.ACCOUNT
        assert caught.value.finding.evidence == (f"login.basic: {REFUSAL}",)
        broker.before_login(OTHER)


def test_three_refused_runs_close_an_account_to_the_fourth(path: Path) -> None:
    """A password that is wrong for a while costs three tries, not the account."""
    for number in range(3):
        with a_run(path, f"run-{number}") as broker:
            refused(broker)
    with a_run(path, "run-4") as broker, pytest.raises(AccountUnavailableError, match="last 3 logins were refused"):
        broker.before_login(USER)


def test_an_accepted_login_opens_it_again(path: Path) -> None:
    """Refusals count in a row."""
    for answer in (
        LoginAnswer.REFUSED,
        LoginAnswer.REFUSED,
        LoginAnswer.ACCEPTED,
        LoginAnswer.REFUSED,
        LoginAnswer.REFUSED,
    ):
        with a_run(path) as broker:
            broker.before_login(USER)
            broker.after_login(USER, "login.basic", answer, REFUSAL)
    with a_run(path) as broker:
        broker.before_login(USER)


def test_logins_keep_their_distance(path: Path) -> None:
    """The second login waits until the first is long enough ago."""
    with a_run(path) as broker:
        broker.pace = Pace(spacing_s=0.4)
        begun = time.monotonic()
        for _ in range(2):
            broker.before_login(USER)
            broker.after_login(USER, "login.basic", LoginAnswer.ACCEPTED, "")
        assert 0.39 <= time.monotonic() - begun < 10


def test_a_budget_that_is_spent_is_not_waited_for(path: Path) -> None:
    """The next login would be in an hour: the check is told at once."""
    with a_run(path) as broker:
        broker.pace = Pace(per_hour=2)
        for _ in range(2):
            broker.before_login(USER)
        with pytest.raises(AccountUnavailableError, match="signed in 2 times within an hour, and this run cannot wait"):
            broker.before_login(USER)


def test_a_check_that_does_not_sign_in_costs_nothing(path: Path) -> None:
    """The login that was put aside for it is free again."""
    with a_run(path) as broker:
        broker.pace = Pace(per_hour=1)
        broker.before_login(USER)
        broker.no_login(USER)
        broker.before_login(USER)


def test_two_checks_of_one_run_never_share_an_account() -> None:
    """The second one begins when the first one is done, on whatever thread."""
    inside, order = threading.Event(), []
    with a_run() as broker:

        def second() -> None:
            inside.wait(10)
            with broker.lease(USER):
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        with broker.lease(USER), broker.lease(OTHER):
            inside.set()
            thread.join(0.3)
            order.append("first")
        thread.join(10)
    assert order == ["first", "second"]


def test_another_run_waits_until_this_one_is_over(path: Path) -> None:
    """Between its checks a run keeps its accounts; when it ends they are free."""
    with a_run(path, "run-1") as first:
        with first.lease(USER):
            pass
        with a_run(path, "run-2", left_s=0.3) as second, pytest.raises(AccountUnavailableError, match="run run-1"):
            second._hold(USER)
    with a_run(path, "run-3") as third, third.lease(USER):
        pass


def test_two_runs_never_hold_what_the_other_waits_for(path: Path) -> None:
    """Whatever a run needs first, it takes all its accounts in one order: no run ends for another's sake."""
    both, ended = (USER, OTHER), []

    def run(run_id: str, order: tuple[str, ...]) -> None:
        with a_run(path, run_id, users=both) as broker:
            for user in order:
                with broker.lease(user):
                    ended.append(run_id)

    threads = [threading.Thread(target=run, args=("a", both)), threading.Thread(target=run, args=("b", both[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ended) == ["a", "a", "b", "b"]


def test_a_run_that_ends_wakes_whoever_waits() -> None:
    """Nobody waits for an account longer than for the run."""
    said: list[str] = []
    with a_run() as broker, broker.lease(USER):
        waiting = threading.Event()

        def wait() -> None:
            waiting.set()
            try:
                with broker.lease(USER):
                    said.append("taken")
            except AccountUnavailableError as error:
                said.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        waiting.wait(10)
        broker.close()
        thread.join(10)
    assert said == ["an account can be waited for, but the run ends"]


def test_a_broken_ledger_keeps_every_check_from_the_account(path: Path) -> None:
    """Not knowing what other runs did is no permission: neither lease nor login, each time it is asked for."""
    path.parent.mkdir()
    path.write_text("this is no database, and long enough to tell")
    with a_run(path) as broker:
        for _ in range(2):
            with pytest.raises(LedgerError, match="not a database"):
                broker._hold(USER)
            with pytest.raises(LedgerError, match="not a database"):
                broker.before_login(USER)


def admitted(broker: Broker, check_id: str, failure: Finding | None = None) -> Finding | None:
    """Sign a probe in, with this failure; return what it is told."""

    async def probe() -> None:
        async with admission(broker)(USER, check_id) as login:
            if failure is not None:
                raise ProbeFailedError(failure)
            login.answer = LoginAnswer.ACCEPTED

    try:
        asyncio.run(probe())
    except ProbeFailedError as error:
        return error.finding
    return None


def test_a_probe_is_refused_for_all_that_follow() -> None:
    """Its refusal is told with the check that saw it, and closes the account to journeys and probes alike."""
    with a_run() as broker:
        told = admitted(broker, "api.me", Finding(rule=REFUSAL, blame=Blame.ACCOUNT))
        assert told == Finding(rule=REFUSAL, blame=Blame.ACCOUNT, evidence=("seen by api.me",))
        after = admitted(broker, "api.orders")
        assert after is not None
        assert (after.blame, after.evidence) == (Blame.ACCOUNT, (f"api.me: {REFUSAL}",))
        with pytest.raises(AccountUnavailableError):
            broker.before_login(USER)


def test_a_server_error_is_no_refusal() -> None:
    """The login may be tried again, and the probe keeps its own finding."""
    broken = Finding(rule="POST /login answered 500", blame=Blame.APP_5XX)
    with a_run() as broker:
        assert admitted(broker, "api.me", broken) == broken
        assert admitted(broker, "api.me") is None


def test_a_probe_with_a_broken_ledger_is_ours(path: Path) -> None:
    """Its finding is the harness's: INCONCLUSIVE, whatever the application would have said."""
    path.parent.mkdir()
    path.write_text("this is no database, and long enough to tell")
    with a_run(path) as broker:
        told = admitted(broker, "api.me")
    assert told is not None
    assert told.blame is Blame.HARNESS
    assert "accounts.db" in told.rule


def test_a_time_step_that_comes_after_the_run_is_not_waited_for() -> None:
    """The code would be taken when nobody looks any more."""
    now = time.time()
    tenant = Tenant(run_id="run-1", host="here", pid=1, since=now, due=now + 60)
    broker = Broker(ledger=Ledger(ledger_memory(), SHOP), tenant=tenant, ends=time.monotonic() + 1)
    with pytest.raises(AccountUnavailableError, match="time-out comes first"):
        broker.codes.wait(2)


def test_others_go_on_while_a_check_waits() -> None:
    """Where several share a thread, waiting is left to whoever runs them."""
    paused: list[float] = []
    with a_run() as broker:
        broker.pause = paused.append
        broker.codes.wait(7)
    assert paused == [7]


def test_the_file_of_a_ledger_is_made_when_an_account_is_first_needed(path: Path) -> None:
    """A run without accounts leaves nothing behind."""
    with a_run(path):
        assert not path.exists()
    assert ledger_file(path).path == path


def test_a_limit_is_kept_for_as_long_as_the_product_says(path: Path) -> None:
    """Retry-After counts for later runs, and within the run nothing is tried again."""
    with a_run(path) as broker:
        broker.before_login(USER)
        broker.after_login(USER, "api.me", LoginAnswer.LIMITED, "POST /login answered 429", wait_s=600)
        with pytest.raises(AccountUnavailableError, match="never within one run"):
            broker.before_login(USER)
    with a_run(path) as broker, pytest.raises(AccountUnavailableError, match="answered 429 and wants none for 600 s"):
        broker.before_login(USER)


def test_whoever_waits_says_so(path: Path) -> None:
    """A line says for whom and how long at most, and the time is counted, once for all who wait together."""
    told: list[str] = []
    with a_run(path) as broker:
        broker.pace, broker.tell = Pace(spacing_s=0.4), told.append
        for _ in range(2):
            broker.before_login(USER)
            broker.after_login(USER, "login.basic", LoginAnswer.ACCEPTED, "")
        assert told == [f"waiting up to 1 s for a login of {USER}: its logins are 0.4 s apart"]
        assert 0.3 < broker.waits.total_s < 10


def test_an_account_that_another_run_holds_is_waited_for_aloud(path: Path) -> None:
    """Which run it is, and how long at most; told once."""
    told: list[str] = []
    with a_run(path, "run-1") as first, first.lease(USER), a_run(path, "run-2", left_s=1) as second:
        second.tell = told.append
        with pytest.raises(AccountUnavailableError, match="run run-1"):
            second._hold(USER)
    assert len(told) == 1
    assert told[0].startswith(f"waiting up to 1 s for the account {USER}: run run-1 (process ")
