"""A failure of the network that nobody could look at twice: whether anything else confirms it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from smoke.causes import SLOW_ONCE, UNCONFIRMED
from smoke.judged import CheckResult
from smoke.model import Attempt, Blame, Finding, Observation
from smoke.offline import NETWORK


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
    write twice, only other checks can. ``elsewhere`` are the causes that these met.
    """
    if not observation.attempts:
        return observation
    *before, last = observation.attempts
    lost = bool(last.findings) and all(each.blame in NETWORK for each in last.findings)
    if not lost or not last.unrepeated or causes_met([last]) & set(elsewhere):
        return observation
    found = tuple(_unconfirmed(each, observation.check_id) for each in last.findings)
    return replace(observation, attempts=(*before, replace(last, findings=found)))


def is_unconfirmed(result: CheckResult) -> bool:
    """Tell whether ``result`` is inconclusive for no other reason than that it may not write twice."""
    last = result.attempts[-1:]
    return any(cause.endswith((UNCONFIRMED, SLOW_ONCE)) for cause in causes_met(last))


def _unconfirmed(finding: Finding, check_id: str) -> Finding:
    rule = f"could not be confirmed, because it may not write twice: {finding.rule}"
    return replace(finding, rule=rule, blame=Blame.HARNESS, cause=f"{check_id} {UNCONFIRMED}")
