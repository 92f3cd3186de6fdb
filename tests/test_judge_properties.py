"""What holds for every run, whatever happened in it."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from smoke.config.points import ExecutionPoint, FlakyPolicy
from smoke.judging.judge import SEVERITY, exit_code, judge_run
from smoke.judging.judged import CheckResult, Interruption
from smoke.model import Action, Blame, Category, Outcome
from tests.support.judging import a_point, judged
from tests.support.properties import unhurried

KINDS = [(), *((blame,) for blame in Blame), (Blame.HARNESS, Blame.APP_5XX), (Blame.ASSERTION, Blame.SAFETY)]
EVERY_RESULT = [
    judged(*tries, critical=critical, category=category)
    for length in range(3)
    for tries in product(KINDS, repeat=length)
    for critical, category in [(True, Category.DATABASE), (False, Category.AUTHENTICATION)]
]
WORKING = [
    result
    for result in EVERY_RESULT
    if result.outcome in {Outcome.PASS, Outcome.FLAKY} and result.blame is not Blame.SAFETY
]
POINT = st.sampled_from([a_point(flaky, action) for flaky in FlakyPolicy for action in (Action.BLOCK, Action.ROLLBACK)])
INTERRUPTION = st.sampled_from([None, *(Interruption(reason="interrupted", decides=each) for each in (True, False))])
TROUBLES = st.sampled_from([[], ["less ran than was planned"]])
RESULTS = st.lists(st.sampled_from(WORKING) | st.sampled_from(EVERY_RESULT), max_size=4)
every_run = given(results=RESULTS, point=POINT, interruption=INTERRUPTION, troubles=TROUBLES)


def required(results: list[CheckResult]) -> list[CheckResult]:
    return [result for result in results if result.check.critical] or results


@unhurried
@every_run
def test_nothing_that_prevents_us_from_looking_reads_as_green(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """A run passes only if every required check ran, ended well, and nothing stood in the way."""
    judgement = judge_run(results, point, interruption=interruption, troubles=troubles)
    seen_to_work = all(result.attempts and not result.attempts[-1].findings for result in required(results))
    if judgement.passed:
        assert results
        assert seen_to_work
        assert interruption is None
        assert not troubles


@unhurried
@given(results=st.lists(st.sampled_from(WORKING), min_size=1, max_size=4))
def test_what_was_seen_to_work_passes(results: list[CheckResult]) -> None:
    """There are no false alarms: where every check passed in the end and nothing stood in the way, the run passes."""
    assert judge_run(results, a_point(FlakyPolicy.ALLOW)).passed


@unhurried
@every_run
def test_verdict_exit_code_and_action_agree(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """A run has passed exactly if the shell sees 0 and the pipeline may proceed."""
    judgement = judge_run(results, point, interruption=interruption, troubles=troubles)
    assert judgement.verdict is not Outcome.NOT_RUN
    assert judgement.passed == (exit_code(judgement.verdict, point.flaky) == 0)
    assert judgement.passed == (judgement.action is Action.PROCEED)


@unhurried
@every_run
def test_the_order_of_checks_does_not_matter(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """The same checks in another order give the same verdict and the same action."""
    one = judge_run(results, point, interruption=interruption, troubles=troubles)
    other = judge_run(results[::-1], point, interruption=interruption, troubles=troubles)
    assert (one.verdict, one.passed, one.action) == (other.verdict, other.passed, other.action)


@unhurried
@every_run
def test_trouble_never_improves_a_verdict(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """One more thing that went wrong leaves the verdict as bad as it was, or makes it worse."""
    before = judge_run(results, point, interruption=interruption, troubles=troubles).verdict
    after = judge_run(results, point, interruption=interruption, troubles=[*troubles, "one more"]).verdict
    assert SEVERITY.index(after) >= SEVERITY.index(before)


@unhurried
@every_run
def test_a_breach_of_safety_is_always_red(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """No later attempt, no other finding and no missing importance hides a request without permission."""
    breach = any(
        finding.blame is Blame.SAFETY for result in results for each in result.attempts for finding in each.findings
    )
    judgement = judge_run(results, point, interruption=interruption, troubles=troubles)
    if breach and not (interruption and interruption.decides):
        assert judgement.verdict is Outcome.FAIL


@unhurried
@every_run
def test_every_judgement_explains_itself(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """There is always a reason of one line, and the category at fault is that of a check that did not pass."""
    judgement = judge_run(results, point, interruption=interruption, troubles=troubles)
    bad = {result.check.category for result in results if result.outcome is not Outcome.PASS}
    assert judgement.reason
    assert "\n" not in judgement.reason
    if judgement.passed or not bad:
        assert judgement.failed_category is None
    else:
        assert judgement.failed_category in bad


def as_designed(results: list[CheckResult], interruption: Interruption | None, troubles: list[str]) -> Outcome:
    """The verdict, said again in the words of the design: the first line that holds decides."""
    outcomes = {result.outcome for result in required(results)}
    unsafe = any(result.blame is Blame.SAFETY for result in results)
    less_ran = not results or bool(troubles) or interruption is not None
    if interruption and interruption.decides:
        return Outcome.INCONCLUSIVE
    if unsafe or Outcome.FAIL in outcomes:
        return Outcome.FAIL
    if less_ran or outcomes & {Outcome.INCONCLUSIVE, Outcome.NOT_RUN}:
        return Outcome.INCONCLUSIVE
    return Outcome.FLAKY if Outcome.FLAKY in outcomes else Outcome.PASS


@unhurried
@every_run
def test_the_verdict_is_the_one_of_the_design(
    results: list[CheckResult], point: ExecutionPoint, interruption: Interruption | None, troubles: list[str]
) -> None:
    """FAIL before INCONCLUSIVE before FLAKY before PASS, over every combination; the exit code follows."""
    judgement = judge_run(results, point, interruption=interruption, troubles=troubles)
    assert judgement.verdict is as_designed(results, interruption, troubles)
    green = {Outcome.PASS} | ({Outcome.FLAKY} if point.flaky is FlakyPolicy.ALLOW else set())
    code = 0 if judgement.verdict in green else 3 if judgement.verdict is Outcome.INCONCLUSIVE else 1
    assert exit_code(judgement.verdict, point.flaky) == code


@unhurried
@given(
    results=RESULTS,
    added=st.sampled_from([result for result in EVERY_RESULT if result.outcome is not Outcome.PASS]),
    point=POINT,
    interruption=INTERRUPTION,
    troubles=TROUBLES,
)
def test_one_more_bad_check_never_makes_a_verdict_better(
    results: list[CheckResult],
    added: CheckResult,
    point: ExecutionPoint,
    interruption: Interruption | None,
    troubles: list[str],
) -> None:
    """A run gains nothing by a bad check; only what counts as required may change when the first critical one comes."""
    critical = any(result.check.critical for result in results)
    before = judge_run(results, point, interruption=interruption, troubles=troubles)
    after = judge_run([*results, added], point, interruption=interruption, troubles=troubles)
    if results and (critical or not added.check.critical):
        assert SEVERITY.index(after.verdict) >= SEVERITY.index(before.verdict)
    if added.check.critical and added.outcome is not Outcome.FLAKY:
        assert not after.passed


@unhurried
@given(result=st.sampled_from(EVERY_RESULT), flaky=st.sampled_from(FlakyPolicy))
def test_what_could_not_be_judged_never_passes(result: CheckResult, flaky: FlakyPolicy) -> None:
    """Outcome, blame and exit code of a single check agree: FAIL is 1, INCONCLUSIVE is 3, and neither is green."""
    code = exit_code(judge_run([result], a_point(flaky)).verdict, flaky)
    match result.outcome:
        case Outcome.FAIL:
            assert (result.blame and result.blame.outcome, code) == (Outcome.FAIL, 1)
        case Outcome.INCONCLUSIVE:
            assert (result.blame and result.blame.outcome, code) == (Outcome.INCONCLUSIVE, 3)
        case Outcome.NOT_RUN:
            assert (result.blame, code) == (None, 3)
        case Outcome.FLAKY:
            assert code == (1 if result.blame is Blame.SAFETY or flaky is FlakyPolicy.BLOCK else 0)
        case Outcome.PASS:
            assert (result.blame, code) == (None, 0)
