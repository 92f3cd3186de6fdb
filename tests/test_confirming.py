"""A lost answer that nobody could look for twice: when it is the application's, and when nobody can say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smoke.judging.confirming import confirmed, confirmed_ones, is_unconfirmed
from smoke.judging.hints import hint
from smoke.judging.judge import judge_check, outcome_of
from smoke.judging.timing import Circumstances, over_budget, sampled
from smoke.model import Blame, Category, CheckKind, Outcome
from smoke.observation import Attempt, Finding, Measurement, Observation
from tests.support.judging import a_check

CAUSE = "the connection to shop.example:443 fails"
LOST = Finding(rule="POST /orders got no answer: reset by peer", blame=Blame.TCP, evidence=("seen",), cause=CAUSE)
WROTE = ("POST /orders",)


def seen(*findings: Finding, wrote: tuple[str, ...] = WROTE, name: str = "shop.orders") -> Observation:
    attempt = Attempt(number=1, started=0.0, duration_ms=1.0, findings=findings, unrepeated=wrote)
    return Observation(check_id=name, attempts=(attempt,))


def test_a_lost_answer_to_what_was_written_is_nobodys_fault() -> None:
    """It says why it could not be confirmed, what was seen, and what to do."""
    result = judge_check(a_check("shop.orders"), confirmed(seen(LOST)))
    assert (result.outcome, result.blame, is_unconfirmed(result)) == (Outcome.INCONCLUSIVE, Blame.HARNESS, True)
    finding = result.attempts[0].findings[0]
    assert finding.rule == f"could not be confirmed, because it may not write twice: {LOST.rule}"
    assert finding.evidence == ("seen",)
    assert "repeatable" in hint(finding, Category.DATABASE, CheckKind.PROBE)


@pytest.mark.parametrize(
    "observation",
    [
        seen(LOST, wrote=()),
        seen(LOST, Finding(rule="the page says Sorry", blame=Blame.ASSERTION)),
        seen(Finding(rule="POST /orders answers within 5 s", blame=Blame.SLOW)),
        seen(Finding(rule="status (503) == 201", blame=Blame.APP_5XX)),
        seen(),
        Observation(check_id="shop.orders", attempts=()),
    ],
    ids=["was looked at twice", "and more is wrong", "slow", "an answer", "passed", "not run"],
)
def test_anything_else_stays_what_it_is(observation: Observation) -> None:
    assert confirmed(observation) == observation
    assert confirmed_ones({"shop.orders": observation}) == {"shop.orders": observation}


def test_what_another_check_met_too_is_confirmed() -> None:
    """Two that cannot reach the same place are an outage; the check itself is no witness."""
    other = seen(replace(LOST, rule="GET /health got no answer: reset by peer"), wrote=(), name="shop.health")
    told = confirmed_ones({"shop.orders": seen(LOST), "shop.health": other})
    assert outcome_of(told["shop.orders"].attempts) is Outcome.FAIL
    alone = confirmed_ones({"shop.orders": seen(LOST), "shop.health": seen(name="shop.health")})
    assert outcome_of(alone["shop.orders"].attempts) is Outcome.INCONCLUSIVE


def test_one_slow_sample_of_what_may_not_be_repeated_is_unconfirmed_too() -> None:
    taken = Measurement(name="shop.orders.load_ms", value=1600.0, budget=1500.0)
    slow = over_budget(taken, Circumstances(unrepeatable="it has written POST /orders, and is not tried again"))
    result = judge_check(a_check("shop.orders"), seen(slow))
    assert (result.outcome, is_unconfirmed(result)) == (Outcome.INCONCLUSIVE, True)


SIGN_IN = Measurement(name="login.sign_in_ms", value=3400.0, budget=3000.0)
BUSY = Finding(rule="runner too slow: reference page 700 ms, its band ends at 300 ms", blame=Blame.HARNESS)
SORRY = Finding(rule="the page says Sorry", blame=Blame.ASSERTION)


def twice(first: Measurement, second: tuple[Finding, ...], *more: Finding) -> Observation:
    """A check whose first attempt took ``first`` and found ``more``, and whose other one found ``second``."""
    attempts = (
        Attempt(number=1, started=0.0, duration_ms=1.0, measurements=(first,), findings=(over_budget(first), *more)),
        Attempt(number=2, started=2.0, duration_ms=1.0, findings=second),
    )
    return Observation(check_id="login.basic", attempts=attempts)


def tried_again(first: Measurement, second: tuple[Finding, ...], *more: Finding) -> Outcome:
    return judge_check(a_check("login.basic"), confirmed(twice(first, second, *more))).outcome


def test_one_slow_sample_fails_only_if_the_next_attempt_confirms_it() -> None:
    """A step has one sample an attempt; an attempt in which the runner was too slow confirms nothing."""
    assert tried_again(SIGN_IN, (BUSY,)) is Outcome.INCONCLUSIVE
    assert tried_again(SIGN_IN, (over_budget(SIGN_IN),)) is Outcome.FAIL
    assert tried_again(SIGN_IN, (over_budget(SIGN_IN), BUSY)) is Outcome.FAIL
    assert tried_again(SIGN_IN, ()) is Outcome.FLAKY
    doubted = confirmed(twice(SIGN_IN, (BUSY,))).attempts[0].findings[0]
    assert doubted.rule == f"{over_budget(SIGN_IN).rule}, but no other attempt confirms it"
    slow_twice = twice(SIGN_IN, (over_budget(SIGN_IN),))
    assert confirmed(slow_twice) == slow_twice


def test_of_several_attempts_only_those_that_were_slow_once_are_doubted() -> None:
    """An attempt between them that shows something else is what it is, and decides."""
    first, last = twice(SIGN_IN, (BUSY,)).attempts
    between = Attempt(number=2, started=1.0, duration_ms=1.0, findings=(SORRY,))
    told = confirmed(Observation(check_id="login.basic", attempts=(first, between, last)))
    assert (told.attempts[1], judge_check(a_check("login.basic"), told).outcome) == (between, Outcome.FAIL)


def test_only_the_last_attempt_can_be_unconfirmed() -> None:
    """What came after it was looked at."""
    first = confirmed(seen(LOST, name="login.basic")).attempts
    later = Attempt(number=2, started=2.0, duration_ms=1.0, findings=(SORRY,))
    result = judge_check(a_check("login.basic"), Observation(check_id="login.basic", attempts=(*first, later)))
    assert not is_unconfirmed(result)


def test_what_more_than_one_slow_sample_says_stays() -> None:
    """Several samples, one beyond the ceiling, or something else that is wrong."""
    assert tried_again(sampled(SIGN_IN, (3500.0, 3600.0)), (BUSY,)) is Outcome.FAIL
    assert tried_again(replace(SIGN_IN, value=9100.0), (BUSY,)) is Outcome.FAIL
    assert tried_again(SIGN_IN, (BUSY,), SORRY) is Outcome.FAIL
    endless = Finding(rule="page / answers, but its scripts never end", blame=Blame.SLOW)
    assert tried_again(SIGN_IN, (BUSY,), endless) is Outcome.FAIL
