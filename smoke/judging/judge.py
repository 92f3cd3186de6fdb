"""From what was seen to what it means: outcomes of checks, the verdict of a run. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from smoke.config.points import ExecutionPoint, FlakyPolicy
from smoke.judging.causes import causes_of
from smoke.judging.hints import hint
from smoke.judging.judged import CheckResult, Interruption
from smoke.model import Action, Blame, Category, Check, Outcome
from smoke.observation import Attempt, Finding, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a run comes to."""

    verdict: Outcome
    passed: bool
    action: Action
    reason: str
    """One sentence."""
    failed_category: Category | None


NEVER_BEGUN = "it was not collected, or pytest stopped before it"


def judge_check(check: Check, observation: Observation | None, interruption: Interruption | None = None) -> CheckResult:
    """Judge one check from all its attempts; None, or no attempt, is NOT_RUN, if need be for ``interruption``."""
    attempts = observation.attempts if observation else ()
    outcome = outcome_of(attempts)
    decisive = _decisive(attempts, outcome)
    blame = decisive.blame if decisive else None
    return CheckResult(
        check=check,
        outcome=outcome,
        blame=blame,
        attempts=attempts,
        hint=hint(decisive, check.category, check.kind) if decisive else None,
        not_run=None if attempts else _why_not(observation, interruption),
    )


def _why_not(observation: Observation | None, interruption: Interruption | None) -> str:
    if observation and observation.not_run:
        return observation.not_run
    return interruption.reason if interruption else NEVER_BEGUN


def outcome_of(attempts: Sequence[Attempt]) -> Outcome:
    """PASS at once, FLAKY on a later attempt; never green: FAIL if the application was ever to blame."""
    if not attempts:
        return Outcome.NOT_RUN
    if attempts[-1].outcome is Outcome.PASS:
        return Outcome.PASS if len(attempts) == 1 else Outcome.FLAKY
    blamed = any(attempt.outcome is Outcome.FAIL for attempt in attempts)
    return Outcome.FAIL if blamed else Outcome.INCONCLUSIVE


def _decisive(attempts: Sequence[Attempt], outcome: Outcome) -> Finding | None:
    """Return the finding that stands for the whole: a breach of safety, else the latest whose blame fits."""
    found = [finding for attempt in reversed(attempts) for finding in attempt.findings]
    breaches = [finding for finding in found if finding.blame is Blame.SAFETY]
    fitting = breaches or [finding for finding in found if outcome in (Outcome.FLAKY, finding.blame.outcome)]
    return fitting[0] if fitting else None


def judge_run(
    results: Sequence[CheckResult],
    point: ExecutionPoint,
    *,
    interruption: Interruption | None = None,
    troubles: Sequence[str] = (),
) -> Judgement:
    """Combine judged checks into a verdict.

    ``troubles`` are one-line reasons for which less ran, or less can be trusted, than was planned.
    """
    required = [result for result in results if result.check.critical] or list(results)
    verdict = combine((result.outcome for result in required), troubled=len(troubles))
    unsafe = [result for result in results if result.blame is Blame.SAFETY]
    if unsafe:
        verdict = Outcome.FAIL
    if interruption is not None:
        verdict = Outcome.INCONCLUSIVE if interruption.decides else _worse(verdict, Outcome.INCONCLUSIVE)
    passed = verdict is Outcome.PASS or (verdict is Outcome.FLAKY and point.flaky is FlakyPolicy.ALLOW)
    decisive = (
        [result for result in required if combine([result.outcome]) is verdict]
        or unsafe
        or [result for result in results if result.outcome is not Outcome.PASS]
    )
    return Judgement(
        verdict=verdict,
        passed=passed,
        action=_action(verdict, point, passed=passed),
        reason=_reason(verdict, results, decisive, interruption, troubles),
        failed_category=decisive[0].check.category if decisive and not passed else None,
    )


SEVERITY = (Outcome.PASS, Outcome.FLAKY, Outcome.INCONCLUSIVE, Outcome.FAIL)


def combine(outcomes: Iterable[Outcome], *, troubled: int = 0) -> Outcome:
    """Return the worst of the outcomes; NOT_RUN, no outcome at all, or any trouble is at least INCONCLUSIVE."""
    seen = {Outcome.INCONCLUSIVE if each is Outcome.NOT_RUN else each for each in outcomes}
    if not seen or troubled:
        seen.add(Outcome.INCONCLUSIVE)
    return max(seen, key=SEVERITY.index)


def exit_code(verdict: Outcome, flaky: FlakyPolicy) -> int:
    """Return the process exit code that stands for ``verdict``."""
    match verdict:
        case Outcome.PASS:
            return 0
        case Outcome.FLAKY:
            return 0 if flaky is FlakyPolicy.ALLOW else 1
        case Outcome.FAIL:
            return 1
        case Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return 3
        case _:
            assert_never(verdict)


def _worse(one: Outcome, other: Outcome) -> Outcome:
    return max(one, other, key=SEVERITY.index)


def _action(verdict: Outcome, point: ExecutionPoint, *, passed: bool) -> Action:
    if passed:
        return Action.PROCEED
    return point.on_failure.action if verdict is Outcome.FAIL else Action.BLOCK


def _reason(
    verdict: Outcome,
    results: Sequence[CheckResult],
    decisive: Sequence[CheckResult],
    interruption: Interruption | None,
    troubles: Sequence[str],
) -> str:
    if interruption is not None and verdict is Outcome.INCONCLUSIVE:
        ran = sum(bool(result.attempts) for result in results)
        text = f"{interruption.reason} after {ran} of {_checks(len(results))}"
    elif troubles and verdict is Outcome.INCONCLUSIVE:
        return _first(troubles)
    elif not results:
        text = "no check was run"
    elif verdict is Outcome.PASS:
        bad = [result for result in results if result.outcome is not Outcome.PASS]
        good = len(results) - len(bad)
        text = f"{'all ' * (good > 1)}{_checks(good)} passed"
        text = f"{text}; not critical: {_first(_told_once(bad, results))}" if bad else text
    else:
        text = _first(_told_once(decisive, results))
    return f"{text}; besides, {_first(troubles)}" if troubles else text


def _checks(count: int) -> str:
    return f"{count} check{'s' * (count != 1)}"


def _first(told: Sequence[str]) -> str:
    return told[0] + (f" (and {len(told) - 1} more)" if len(told) > 1 else "")


def _told_once(chosen: Sequence[CheckResult], results: Sequence[CheckResult]) -> list[str]:
    """Tell why each of ``chosen`` is bad, a cause that took down several of all ``results`` once."""
    shared = {check: cause for cause in causes_of(results) if cause.is_shared for check in cause.checks}
    told = (
        shared[result.check.id].told(len(results)) if result.check.id in shared else _told(result) for result in chosen
    )
    return list(dict.fromkeys(told))


def _told(result: CheckResult) -> str:
    verb = {
        Outcome.PASS: "passed",
        Outcome.FLAKY: "passed only on a later attempt",
        Outcome.FAIL: "failed",
        Outcome.INCONCLUSIVE: "could not be judged",
        Outcome.NOT_RUN: "was not run",
    }[result.outcome]
    reason = (result.reason or "").removeprefix(f"{result.check.id}.")
    return f"{result.check.id} {verb}" + (f": {reason}" if reason else "")
