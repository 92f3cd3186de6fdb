from __future__ import annotations

from itertools import product

import pytest

from smoke.config.points import FlakyPolicy
from smoke.judging.hints import BY_BLAME
from smoke.judging.judge import NEVER_BEGUN, combine, exit_code, judge_check, judge_run, outcome_of
from smoke.judging.judged import CheckResult, Interruption
from smoke.model import Action, Blame, Category, Outcome
from smoke.observation import Attempt, Finding, Observation
from tests.support.judging import a_check, a_point, an_attempt, attempts, judged

PASSED: tuple[Blame, ...] = ()
BROKEN = (Blame.APP_5XX,)
UNSEEN = (Blame.HARNESS,)


@pytest.mark.parametrize(
    ("tries", "outcome"),
    [
        ((), Outcome.NOT_RUN),
        ((PASSED,), Outcome.PASS),
        ((BROKEN, PASSED), Outcome.FLAKY),
        ((UNSEEN, PASSED), Outcome.FLAKY),
        ((BROKEN, BROKEN, PASSED), Outcome.FLAKY),
        ((BROKEN,), Outcome.FAIL),
        ((BROKEN, BROKEN), Outcome.FAIL),
        ((BROKEN, UNSEEN), Outcome.FAIL),
        ((UNSEEN, BROKEN), Outcome.FAIL),
        ((UNSEEN,), Outcome.INCONCLUSIVE),
        ((UNSEEN, UNSEEN), Outcome.INCONCLUSIVE),
    ],
)
def test_attempts_make_an_outcome(tries: tuple[tuple[Blame, ...], ...], outcome: Outcome) -> None:
    """Only a last attempt that passed is good, and the application's fault is never outshone by ours."""
    assert outcome_of(attempts(*tries)) is outcome


def test_a_check_without_observation_was_not_run() -> None:
    """A check of which nothing was seen is NOT_RUN: without blame and without a hint, but with a reason."""
    result = judge_check(a_check(), None)
    assert (result.outcome, result.blame, result.hint) == (Outcome.NOT_RUN, None, None)
    assert result.reason == NEVER_BEGUN


def test_an_observation_without_attempts_was_not_run() -> None:
    """An observation that holds no attempt is no better than none."""
    assert judge_check(a_check(), Observation(check_id="login.basic", attempts=())).outcome is Outcome.NOT_RUN


INTERRUPTED = Interruption(reason="interrupted", decides=True)
SKIPPED = Observation(check_id="login.basic", attempts=(), not_run="health.api, which it comes after, did not pass")


@pytest.mark.parametrize(
    ("observation", "interruption", "reason"),
    [
        (SKIPPED, None, "health.api, which it comes after, did not pass"),
        (SKIPPED, INTERRUPTED, "health.api, which it comes after, did not pass"),
        (None, INTERRUPTED, "interrupted"),
        (Observation(check_id="login.basic", attempts=attempts(PASSED)), INTERRUPTED, None),
    ],
)
def test_what_was_not_run_says_why(
    observation: Observation | None, interruption: Interruption | None, reason: str | None
) -> None:
    """A check's own obstacle is its reason, else what ended the run; a check that ran needs none."""
    assert judge_check(a_check(), observation, interruption).reason == reason


def test_blame_and_reason_come_from_the_same_finding() -> None:
    """The reason that a failed check gives is that of the blame, though something else was found before and after."""
    result = judged((Blame.HARNESS, Blame.APP_5XX), (Blame.ACCOUNT,))
    assert (result.outcome, result.blame, result.reason) == (Outcome.FAIL, Blame.APP_5XX, "rule of APP_5XX")


def test_a_flaky_check_keeps_the_blame_of_its_last_bad_attempt() -> None:
    """A check that passed in the end still says what went wrong before."""
    result = judged((Blame.TCP,), (Blame.SLOW,), PASSED)
    assert (result.outcome, result.blame, result.reason) == (Outcome.FLAKY, Blame.SLOW, "rule of SLOW")


def test_a_bad_check_comes_with_a_hint() -> None:
    """A failed check says what to do next."""
    assert judged(BROKEN).hint == BY_BLAME[BROKEN[0]]


@pytest.mark.parametrize(("one", "other"), list(product(Outcome, repeat=2)))
def test_the_worst_outcome_wins(one: Outcome, other: Outcome) -> None:
    """FAIL over INCONCLUSIVE over FLAKY over PASS; what was not run is as bad as what could not be judged."""
    rank = {Outcome.PASS: 0, Outcome.FLAKY: 1, Outcome.NOT_RUN: 2, Outcome.INCONCLUSIVE: 2, Outcome.FAIL: 3}
    worst = [Outcome.PASS, Outcome.FLAKY, Outcome.INCONCLUSIVE, Outcome.FAIL]
    assert combine([one, other]) is worst[max(rank[one], rank[other])]


def test_nothing_combines_to_inconclusive() -> None:
    """A run that judged nothing can say nothing."""
    assert combine([]) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Outcome.PASS, Outcome.INCONCLUSIVE),
        (Outcome.FLAKY, Outcome.INCONCLUSIVE),
        (Outcome.FAIL, Outcome.FAIL),
    ],
)
def test_trouble_is_at_least_inconclusive(outcome: Outcome, verdict: Outcome) -> None:
    """Trouble takes the green away from a verdict and leaves the red."""
    assert combine([outcome], troubled=1) is verdict


EXIT_CODES = {
    (Outcome.PASS, FlakyPolicy.ALLOW): 0,
    (Outcome.PASS, FlakyPolicy.BLOCK): 0,
    (Outcome.FLAKY, FlakyPolicy.ALLOW): 0,
    (Outcome.FLAKY, FlakyPolicy.BLOCK): 1,
    (Outcome.FAIL, FlakyPolicy.ALLOW): 1,
    (Outcome.FAIL, FlakyPolicy.BLOCK): 1,
    (Outcome.INCONCLUSIVE, FlakyPolicy.ALLOW): 3,
    (Outcome.INCONCLUSIVE, FlakyPolicy.BLOCK): 3,
    (Outcome.NOT_RUN, FlakyPolicy.ALLOW): 3,
    (Outcome.NOT_RUN, FlakyPolicy.BLOCK): 3,
}


@pytest.mark.parametrize(("verdict", "flaky"), list(product(Outcome, FlakyPolicy)))
def test_every_verdict_has_its_exit_code(verdict: Outcome, flaky: FlakyPolicy) -> None:
    """No verdict reaches the shell with another exit code than the documented one."""
    assert exit_code(verdict, flaky) == EXIT_CODES[verdict, flaky]


@pytest.mark.parametrize("action", [Action.BLOCK, Action.ROLLBACK, Action.ESCALATE])
def test_a_failed_run_asks_for_what_its_point_says(action: Action) -> None:
    """On FAIL a gate asks for the action of its execution point."""
    assert judge_run([judged(BROKEN)], a_point(action=action)).action is action


@pytest.mark.parametrize(
    ("tries", "flaky", "action"),
    [
        ((PASSED,), FlakyPolicy.BLOCK, Action.PROCEED),
        ((BROKEN, PASSED), FlakyPolicy.ALLOW, Action.PROCEED),
        ((BROKEN, PASSED), FlakyPolicy.BLOCK, Action.BLOCK),
        ((UNSEEN,), FlakyPolicy.ALLOW, Action.BLOCK),
        ((), FlakyPolicy.ALLOW, Action.BLOCK),
    ],
)
def test_doubt_blocks_and_never_rolls_back(
    tries: tuple[tuple[Blame, ...], ...], flaky: FlakyPolicy, action: Action
) -> None:
    """Only a proven failure rolls a release back; doubt holds it, and a pass lets it go on."""
    assert judge_run([judged(*tries)], a_point(flaky, Action.ROLLBACK)).action is action


def test_an_optional_check_does_not_decide() -> None:
    """A bad check that is not critical leaves the verdict, and is told in the reason."""
    results = [judged(PASSED), judged(BROKEN, name="search.hints", critical=False)]
    judgement = judge_run(results, a_point())
    assert (judgement.verdict, judgement.failed_category) == (Outcome.PASS, None)
    assert judgement.reason == "1 check passed; not critical: search.hints failed: rule of APP_5XX"


def test_where_nothing_is_critical_everything_decides() -> None:
    """A selection of optional checks alone is judged by them."""
    assert judge_run([judged(BROKEN, critical=False)], a_point()).verdict is Outcome.FAIL


def test_a_breach_of_safety_fails_the_run_though_the_check_is_optional() -> None:
    """A request without permission is FAIL of the run, whoever tried it and whatever else was found."""
    results = [
        judged(BROKEN, PASSED),
        judged((Blame.ASSERTION, Blame.SAFETY), name="search.hints", critical=False, category=Category.DATABASE),
    ]
    judgement = judge_run(results, a_point())
    assert (judgement.verdict, judgement.failed_category) == (Outcome.FAIL, Category.DATABASE)
    assert judgement.reason == "search.hints failed: rule of SAFETY"


def test_the_failed_category_is_that_of_the_deciding_check() -> None:
    """A gate names the category that made the verdict, not the first that was imperfect."""
    results = [
        judged(BROKEN, PASSED, name="home.load", category=Category.CRITICAL_PATHS),
        judged(BROKEN, name="search.hints", category=Category.DATABASE, critical=False),
        judged(name="health.api", category=Category.API_HEALTH),
    ]
    judgement = judge_run(results, a_point())
    assert (judgement.verdict, judgement.failed_category) == (Outcome.INCONCLUSIVE, Category.API_HEALTH)
    assert judgement.reason == f"health.api was not run: {NEVER_BEGUN}"


@pytest.mark.parametrize(
    ("tries", "reason"),
    [
        ((PASSED,), "all 2 checks passed"),
        ((BROKEN, PASSED), "login.basic passed only on a later attempt: rule of APP_5XX"),
        ((BROKEN,), "login.basic failed: rule of APP_5XX"),
        ((UNSEEN,), "login.basic could not be judged: rule of HARNESS"),
        ((), f"login.basic was not run: {NEVER_BEGUN}"),
    ],
)
def test_the_reason_is_a_sentence(tries: tuple[tuple[Blame, ...], ...], reason: str) -> None:
    """A verdict explains itself in one sentence, by the check that decided it."""
    assert judge_run([judged(*tries), judged(PASSED, name="home.load")], a_point()).reason == reason


def test_the_reason_counts_what_it_does_not_name() -> None:
    """Of several checks that failed the first is named and the rest is counted."""
    results = [judged(BROKEN), judged(BROKEN, name="home.load"), judged(PASSED, name="home.ask")]
    assert judge_run(results, a_point()).reason == "login.basic failed: rule of APP_5XX (and 1 more)"


def test_trouble_is_the_reason_of_a_run_that_is_inconclusive_for_it() -> None:
    """Where less ran than was planned, the reason is what prevented it."""
    judgement = judge_run([judged(PASSED)], a_point(), troubles=["e2e/shop could not be collected", "more"])
    assert judgement.reason == "e2e/shop could not be collected (and 1 more)"


def test_a_failure_is_told_before_trouble() -> None:
    """A failed check remains the reason of a run that was troubled as well, and does not hide the trouble."""
    judgement = judge_run([judged(BROKEN)], a_point(), troubles=["e2e/shop could not be collected"])
    assert judgement.verdict is Outcome.FAIL
    assert judgement.reason == "login.basic failed: rule of APP_5XX; besides, e2e/shop could not be collected"


def test_one_check_is_told_in_the_singular() -> None:
    """A run of a single check reads as a sentence."""
    assert judge_run([judged(PASSED)], a_point()).reason == "1 check passed"


def test_a_run_of_nothing_is_inconclusive() -> None:
    """A run without a single check is INCONCLUSIVE and says so."""
    judgement = judge_run([], a_point())
    assert (judgement.verdict, judgement.action) == (Outcome.INCONCLUSIVE, Action.BLOCK)
    assert (judgement.reason, judgement.failed_category) == ("no check was run", None)


@pytest.mark.parametrize(("decides", "verdict"), [(True, Outcome.INCONCLUSIVE), (False, Outcome.FAIL)])
def test_an_interruption_decides_only_where_it_should(decides: bool, verdict: Outcome) -> None:
    """Ctrl-C takes a verdict back; a time-out leaves the failure that was already seen."""
    interruption = Interruption(reason="interrupted", decides=decides)
    assert judge_run([judged(BROKEN)], a_point(), interruption=interruption).verdict is verdict


def test_an_interruption_says_how_far_the_run_got() -> None:
    """The reason of an interrupted run counts the checks that had a chance."""
    interruption = Interruption(reason="the time-out of 120 s stopped the run", decides=False)
    results = [judged(PASSED), judged(PASSED, name="home.load"), judged(name="home.ask")]
    judgement = judge_run(results, a_point(), interruption=interruption, troubles=["less important"])
    assert judgement.verdict is Outcome.INCONCLUSIVE
    assert judgement.reason == "the time-out of 120 s stopped the run after 2 of 3 checks; besides, less important"


def test_a_result_knows_its_deciding_attempt_and_its_whole_time() -> None:
    """The last attempt decides, and the time of a check is that of all its attempts."""
    result = judged(BROKEN, PASSED)
    assert (result.last, result.duration_ms) == (an_attempt(number=2), 20.0)


def test_a_verdict_names_the_check_once() -> None:
    """A rule that begins with the id of its check does not repeat it."""
    finding = Finding(rule="home.load.page_errors (1) == 0: TypeError", blame=Blame.JS_ERROR)
    observation = Observation(
        check_id="home.load", attempts=(Attempt(number=1, started=0.0, duration_ms=1.0, findings=(finding,)),)
    )
    result = judge_check(a_check("home.load"), observation)
    assert judge_run([result], a_point()).reason == "home.load failed: page_errors (1) == 0: TypeError"


def test_a_check_that_says_nothing_of_its_reason_is_told_without_one() -> None:
    """As one that another machine told of, in an older file."""
    unsaid = CheckResult(check=a_check("a.b"), outcome=Outcome.NOT_RUN, blame=None)
    assert judge_run([unsaid], a_point()).reason == "a.b was not run"
