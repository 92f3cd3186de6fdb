from __future__ import annotations

import re
import time

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.accounts.one_time import OneTimeCodes, wait_in_vain
from smoke.accounts.pacing import SAFE_S, STEP_S, wait_for_step
from smoke.judging.blame import DeadlineExceeded
from smoke.running.deadline import RunTimeoutError, deadline, stopped_clock
from smoke.running.record import Record
from smoke.secrets.secret import Secret
from tests.support.properties import unhurried

STEP = 1000
BEGUN = float(STEP * STEP_S)


@pytest.mark.parametrize(
    ("into_step", "last_step", "wait"),
    [
        (0.0, None, 0.0),
        (26.9, None, 0.0),
        (27.0, None, 0.0),
        (27.5, None, 2.5),
        (0.0, STEP - 1, 0.0),
        (0.0, STEP, 30.0),
        (10.0, STEP, 20.0),
        (29.5, STEP, 0.5),
        (10.0, STEP + 1, 20.0),
    ],
)
def test_a_code_is_taken_from_a_step_that_is_fresh_and_lasts(
    into_step: float, last_step: int | None, wait: float
) -> None:
    """A used step is waited out, and so is the end of one: its code would be late when it arrives."""
    assert wait_for_step(BEGUN + into_step, last_step) == wait


@unhurried
@given(now=st.floats(1.7e9, 1.9e9), used=st.integers(-2, 0) | st.none())
def test_after_the_wait_a_code_can_be_used(now: float, used: int | None) -> None:
    """Waiting as long as one is told leads to a step that nobody used, with time left."""
    last_step = None if used is None else int(now // STEP_S) + used
    then = now + wait_for_step(now, last_step)
    assert wait_for_step(then, last_step) == 0.0
    assert STEP_S - then % STEP_S >= SAFE_S


def test_a_code_is_what_the_server_expects() -> None:
    """The first code of an account is valid now; it comes at once unless its step is about to end."""
    secret = pyotp.random_base32()
    code = OneTimeCodes().fresh("premium", Secret(secret))
    assert pyotp.TOTP(secret).verify(code, valid_window=1)


def test_two_codes_of_an_account_come_from_two_steps() -> None:
    """The second one waits for the next step, and the wait is as long as that takes."""
    waits: list[float] = []

    class WaitedError(Exception):
        """Stands for the next step."""

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 1 or seconds > SAFE_S:
            raise WaitedError
        wait_in_vain(seconds)

    codes, secret = OneTimeCodes(wait=wait), Secret(pyotp.random_base32())
    codes.fresh("premium", secret)
    with pytest.raises(WaitedError):
        codes.fresh("premium", secret)
    assert 0 < waits[-1] <= STEP_S


def test_the_wait_for_a_code_does_not_count_against_its_check() -> None:
    """The clock of a check stands still meanwhile, and then goes on with what was left."""
    run_ends, waited = time.monotonic() + 60, []

    def check() -> None:
        with stopped_clock():
            wait_in_vain(0.6)
        waited.append(time.monotonic())
        wait_in_vain(5)

    with pytest.raises(DeadlineExceeded), deadline(0.4, run_ends):
        check()
    assert time.monotonic() - waited[0] < 2


def test_the_run_ends_while_a_code_is_waited_for() -> None:
    """What does not count against the check counts against the run."""
    run_ends = time.monotonic() + 0.3
    with pytest.raises(RunTimeoutError), deadline(30, run_ends), stopped_clock():
        wait_in_vain(5)


def test_what_was_waited_is_nobodys_time() -> None:
    """An attempt that waited for a step is as long as what it did."""
    record = Record(number=1)
    wait_in_vain(0.2)
    record.waited_s += 0.2
    assert 0 <= record.attempt().duration_ms < 190


def test_a_wait_for_a_code_is_told() -> None:
    """Whose code it is, and how long at most."""

    class WaitedError(Exception):
        """Stands for the next step."""

    def wait(_seconds: float) -> None:
        raise WaitedError

    told: list[str] = []
    codes, secret = OneTimeCodes(wait=wait, tell=told.append), Secret(pyotp.random_base32())
    codes.ledger.claim_step("gold", time.time())
    with pytest.raises(WaitedError):
        codes.fresh("gold", secret)
    assert re.fullmatch(r"waiting up to \d+ s for a fresh code of gold", told[0])
