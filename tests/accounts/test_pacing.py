"""When an account may sign in: never so often, or so wrongly, that its product would lock it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.accounts.pacing import HOUR_S, Closed, Go, LoginAnswer, Pace, PastLogin, Wait, turn_of
from tests.support.properties import unhurried

NOW = 1_800_000_000.0
PACE = Pace(per_hour=5, spacing_s=10.0, refusals=3, rest_s=1800.0)
LOCKS_AFTER = 5

answers = st.sampled_from(LoginAnswer)
ages = st.floats(-100, 2 * HOUR_S)
pasts = st.lists(st.builds(PastLogin, ages.map(lambda age: NOW - age), answers), max_size=8)


def refused(*minutes_ago: float) -> list[PastLogin]:
    return [PastLogin(NOW - 60 * age, LoginAnswer.REFUSED) for age in minutes_ago]


@pytest.mark.parametrize(
    ("past", "turn"),
    [
        ([], Go),
        (refused(1), Go),
        (refused(2, 1), Go),
        (refused(3, 2, 1), Closed),
        (refused(40, 29, 28), Closed),
        (refused(50, 45, 31), Go),
        (refused(90, 45, 1), Closed),
        (refused(90, 45, 31), Go),
        ([*refused(4, 3, 1), PastLogin(NOW - 120, LoginAnswer.ACCEPTED)], Go),
        ([*refused(4, 3, 1), PastLogin(NOW - 120, LoginAnswer.UNKNOWN)], Closed),
        ([PastLogin(NOW - 60 * age, LoginAnswer.LIMITED) for age in (3, 2, 1)], Go),
        ([*refused(4, 3), PastLogin(NOW - 120, LoginAnswer.LIMITED)], Go),
        ([PastLogin(NOW - 60, LoginAnswer.LIMITED, until=NOW + 5)], Wait),
        ([PastLogin(NOW - 60, LoginAnswer.LIMITED, until=NOW - 5)], Go),
        ([PastLogin(NOW - 11, LoginAnswer.ACCEPTED)], Go),
        ([PastLogin(NOW - 9, LoginAnswer.ACCEPTED)], Wait),
        ([PastLogin(NOW + 500, LoginAnswer.ACCEPTED)], Wait),
        ([PastLogin(NOW - 60 * age, LoginAnswer.ACCEPTED) for age in (1, 2, 3, 4)], Go),
        ([PastLogin(NOW - 60 * age, LoginAnswer.UNKNOWN) for age in (1, 2, 3, 4, 59)], Wait),
        ([PastLogin(NOW - 60 * age, LoginAnswer.ACCEPTED) for age in (1, 2, 3, 4, 61)], Go),
    ],
)
def test_an_account_signs_in_only_as_often_as_its_product_takes(past: list[PastLogin], turn: type) -> None:
    """Too many in an hour or too close: it waits. Three refusals in a row: it rests for half an hour."""
    assert isinstance(turn_of(past, PACE, NOW), turn)


def test_a_refusal_to_try_says_why_and_until_when() -> None:
    """Whoever reads it knows what to mend, and when the next run looks again."""
    closed = turn_of(refused(3, 2, 1), PACE, NOW)
    assert closed == Closed(
        "its last 3 logins were refused: the next may be tried in 29 min",
        "set another password, or run `smoke accounts forgive {user}`",
    )


def test_a_changed_password_starts_anew() -> None:
    """What was refused was another one; what nobody knows the password of still counts."""
    past = [PastLogin(each.at, each.answer, "a1b2") for each in refused(3, 2, 1)]
    assert isinstance(turn_of(past, PACE, NOW, "a1b2"), Closed)
    assert isinstance(turn_of(past, PACE, NOW, "c3d4"), Go)
    assert isinstance(turn_of(refused(3, 2, 1), PACE, NOW, "c3d4"), Closed)


@unhurried
@given(past=pasts)
def test_whoever_waits_as_long_as_told_may_go(past: list[PastLogin]) -> None:
    """A wait is a promise, and never longer than the hour that is counted, whatever a clock did in the past."""
    turn = turn_of([login for login in past if login.at <= NOW], PACE, NOW)
    if isinstance(turn, Wait):
        assert 0 < turn.seconds <= HOUR_S
        waits, then = 0, NOW + turn.seconds + 0.001
        while isinstance(again := turn_of([login for login in past if login.at <= NOW], PACE, then), Wait):
            waits, then = waits + 1, then + again.seconds + 0.001
            assert waits < 3
        assert isinstance(again, Go)


@unhurried
@given(gaps=st.lists(st.floats(0, 900), min_size=1, max_size=40))
def test_a_wrong_password_never_locks_an_account(gaps: list[float]) -> None:
    """However runs follow each other: a product that locks after five wrong passwords in 30 minutes never does."""
    past: list[PastLogin] = []
    now = NOW
    for gap in gaps:
        now += gap
        if isinstance(turn_of(past, Pace(), now), Go):
            past.append(PastLogin(now, LoginAnswer.REFUSED))
        assert len([login for login in past if now - login.at < 1800]) < LOCKS_AFTER
