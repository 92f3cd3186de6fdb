from __future__ import annotations

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.running.one_time import SAFE_S, STEP_S, OneTimeCodes, wait_for_step
from smoke.secret import Secret
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
