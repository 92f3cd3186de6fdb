"""What was seen once, a lost answer or a long time, and could not be looked at again: whether it counts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from smoke.judging.causes import SLOW_ONCE, UNCONFIRMED
from smoke.judging.judged import CheckResult
from smoke.judging.offline import NETWORK
from smoke.judging.timing import is_too_slow_once
from smoke.model import Blame, Outcome
from smoke.observation import Attempt, Finding, Observation


def causes_met(attempts: Iterable[Attempt]) -> frozenset[str]:
    """Return the causes that ``attempts`` met."""
    return frozenset(each.cause for attempt in attempts for each in attempt.findings if each.cause)


def confirmed_ones(observations: Mapping[str, Observation]) -> dict[str, Observation]:
    """Return all that one run saw, by check; what no other check confirms is no fault of the application in it."""
    met = {name: causes_met(each.attempts) for name, each in observations.items()}
    return {
        name: confirmed(each, frozenset[str]().union(*(met[other] for other in met if other != name)))
        for name, each in observations.items()
    }


def confirmed(observation: Observation, elsewhere: Collection[str] = ()) -> Observation:
    """Return ``observation``, inconclusive where all that is wrong is that an answer was lost once.

    One lost connection is nobody's fault, and another attempt would tell; where the check has written, and may not
    write twice, only other checks can. ``elsewhere`` are the causes that these met. Nor is one sample of a time the
    application's fault, if the attempt that was to confirm it told nothing.
    """
    if not observation.attempts:
        return observation
    *before, last = observation.attempts
    if last.outcome is Outcome.INCONCLUSIVE and any(map(_is_slow_once, before)):
        return replace(observation, attempts=(*map(doubted, before), last))
    lost = bool(last.findings) and all(each.blame in NETWORK for each in last.findings)
    if not lost or not last.unrepeated or causes_met([last]) & set(elsewhere):
        return observation
    found = tuple(_unconfirmed(each, observation.check_id) for each in last.findings)
    return replace(observation, attempts=(*before, replace(last, findings=found)))


def is_unconfirmed(result: CheckResult) -> bool:
    """Tell whether ``result`` is inconclusive for no other reason than that it may not write twice."""
    last = result.attempts[-1:]
    return any(cause.endswith((UNCONFIRMED, SLOW_ONCE)) for cause in causes_met(last))


def _is_slow_once(attempt: Attempt) -> bool:
    """Tell whether all that is wrong with ``attempt`` are times of which one sample alone was too long."""
    once = tuple(f"{each.name} (" for each in attempt.measurements if is_too_slow_once(each))
    slow = (each.blame is Blame.SLOW and each.rule.startswith(once) for each in attempt.findings)
    return bool(once) and all(slow)


def doubted(attempt: Attempt) -> Attempt:
    """Return ``attempt`` as nobody's fault where all that is wrong is a time that no other attempt confirms."""
    if not _is_slow_once(attempt):
        return attempt
    rules = (replace(each, rule=f"{each.rule}, but no other attempt confirms it") for each in attempt.findings)
    return replace(attempt, findings=tuple(replace(each, blame=Blame.HARNESS) for each in rules))


def _unconfirmed(finding: Finding, check_id: str) -> Finding:
    rule = f"could not be confirmed, because it may not write twice: {finding.rule}"
    return replace(finding, rule=rule, blame=Blame.HARNESS, cause=f"{check_id} {UNCONFIRMED}")
