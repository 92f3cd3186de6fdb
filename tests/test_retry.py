from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.judging.retry import RetryPolicy, not_repeated, surely_last, wait_before_next, worth_another_try
from smoke.model import Blame
from smoke.observation import Attempt, Finding
from tests.support.judging import an_attempt
from tests.support.properties import unhurried

PATIENT = RetryPolicy(attempts=5, first_wait_s=0.25, factor=2.0, jitter=0.5)
PASSING = {Blame.DNS, Blame.TCP, Blame.APP_5XX, Blame.JS_ERROR, Blame.ASSERTION, Blame.SLOW}


def test_an_attempt_that_passed_is_the_last() -> None:
    """What is good is not tried again."""
    assert wait_before_next(PATIENT, an_attempt(), 0.5) is None


@pytest.mark.parametrize(("number", "wait"), [(1, 0.25), (2, 0.5), (3, 1.0), (4, 2.0), (5, None)])
def test_waits_double_until_the_attempts_are_used_up(number: int, wait: float | None) -> None:
    """Without chance the waits grow by the factor, and after the last attempt there is none."""
    assert wait_before_next(PATIENT, an_attempt(Blame.TCP, number=number), 0.5) == wait


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 0.125), (0.5, 0.25), (1.0, 0.375)])
def test_chance_spreads_a_wait_around_its_middle(chance: float, wait: float) -> None:
    """Chance takes away or adds at most the share that the policy gives it."""
    assert wait_before_next(PATIENT, an_attempt(Blame.TCP), chance) == wait


@unhurried
@given(
    chance=st.floats(0, 1),
    jitter=st.floats(0, 1),
    number=st.integers(1, 4),
)
def test_a_wait_never_leaves_its_bounds(chance: float, jitter: float, number: int) -> None:
    """However chance falls, a wait is not negative and not further from its middle than jitter allows."""
    policy = RetryPolicy(attempts=5, first_wait_s=0.25, factor=2.0, jitter=jitter)
    wait = wait_before_next(policy, an_attempt(Blame.TCP, number=number), chance)
    middle = 0.25 * 2 ** (number - 1)
    assert wait is not None
    assert wait >= 0
    assert abs(wait - middle) <= middle * jitter + 1e-9


@pytest.mark.parametrize("blame", Blame)
def test_every_blame_is_decided(blame: Blame) -> None:
    """Only what can pass by itself is tried again."""
    assert worth_another_try(blame) is (blame in PASSING)


def test_a_refused_login_is_never_tried_again() -> None:
    """A login that was refused costs one attempt before the account is locked, whatever else was found."""
    assert wait_before_next(PATIENT, an_attempt(Blame.ACCOUNT), 0.5) is None
    assert wait_before_next(PATIENT, an_attempt(Blame.ASSERTION, Blame.ACCOUNT), 0.5) is None


def test_the_default_is_one_more_attempt() -> None:
    """Without a policy of its own a check is tried twice."""
    policy = RetryPolicy()
    assert wait_before_next(policy, an_attempt(Blame.TCP, number=1), 0.5) == 0.25
    assert wait_before_next(policy, an_attempt(Blame.TCP, number=2), 0.5) is None


def test_what_others_have_tried_twice_is_not_tried_again() -> None:
    """A host that a whole check saw unresolved does not cost every other check a second attempt."""
    lost = Finding(rule="GET / answers", blame=Blame.DNS, cause="the host shop.example does not resolve")
    attempt = Attempt(number=1, started=0.0, duration_ms=1.0, findings=(lost,))
    assert wait_before_next(RetryPolicy(), attempt, 0.5, {"the host other.example does not resolve"}) == 0.25
    assert wait_before_next(RetryPolicy(), attempt, 0.5, {"the host shop.example does not resolve"}) is None


def test_what_has_written_is_not_tried_again() -> None:
    """Another attempt would order a second time; the finding says so, and only where there would have been one."""
    policy, order = RetryPolicy(), ("POST /api/orders",)
    assert wait_before_next(policy, an_attempt(Blame.ASSERTION), 0.5, (), order) is None
    assert not_repeated(policy, an_attempt(Blame.ASSERTION), order) == (
        "not tried again: it has written POST /api/orders",
    )
    assert not_repeated(policy, an_attempt(Blame.ASSERTION), ()) == ()
    assert not_repeated(policy, an_attempt(), order) == ()
    assert not_repeated(policy, an_attempt(Blame.APP_4XX), order) == ()
    assert not_repeated(policy, an_attempt(Blame.ASSERTION), (*order, "PUT /api/cart")) == (
        "not tried again: it has written POST /api/orders, PUT /api/cart",
    )
    lost = Finding(rule="GET / answers", blame=Blame.DNS, cause="the host shop.example does not resolve")
    attempt = Attempt(number=1, started=0.0, duration_ms=1.0, findings=(lost,))
    assert not_repeated(policy, attempt, order, {"the host shop.example does not resolve"}) == ()


@pytest.mark.parametrize(("number", "may_write", "last"), [(1, False, False), (2, False, True), (1, True, True)])
def test_an_attempt_is_surely_the_last(number: int, *, may_write: bool, last: bool) -> None:
    """When the attempts are used up, or when it may write what nobody must write twice."""
    assert surely_last(RetryPolicy(attempts=2), number, may_write=may_write) is last
