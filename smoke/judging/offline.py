"""Whether it was the runner that had no network. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from smoke.addresses import is_here
from smoke.judging.blame import NO_ANSWER
from smoke.model import Blame
from smoke.observation import Attempt, Finding, Observation

REACHES = "this runner's network works: it reaches "
"""How evidence begins that the network of the runner is not the cause."""
NETWORK = frozenset({Blame.DNS, Blame.TCP, Blame.TLS})


def needs_control(observations: tuple[Observation, ...], addresses: tuple[str, ...]) -> bool:
    """Tell whether a failure may be the runner's own network: never where the target is on this machine."""
    found = (finding for each in observations for attempt in each.attempts for finding in attempt.findings)
    return any(map(_may_be_ours, found)) and not all(map(is_here, addresses))


def excused(observation: Observation, why: str) -> Observation:
    """Return ``observation`` with every failure of the network blamed on the runner, for the reason ``why``."""
    return observation.with_findings(partial(_finding, why))


def vouched(observation: Observation, control: str) -> Observation:
    """Return ``observation`` with the note, beside failures of the network, that this runner reaches ``control``."""
    return replace(observation, attempts=tuple(_vouched(each, control) for each in observation.attempts))


def _vouched(attempt: Attempt, control: str) -> Attempt:
    told = next((each for each in attempt.findings if _may_be_ours(each)), None)
    if told is None:
        return attempt
    note = replace(told, evidence=(f"{REACHES}{control}", *told.evidence))
    return replace(attempt, findings=tuple(note if each is told else each for each in attempt.findings))


def _finding(why: str, finding: Finding) -> Finding:
    if not _may_be_ours(finding):
        return finding
    return Finding(rule=finding.rule, blame=Blame.RUNNER_OFFLINE, evidence=(why, *finding.evidence), cause=why)


def _may_be_ours(finding: Finding) -> bool:
    """Tell whether a runner without network would see this: where packets vanish, a browser only sees time pass."""
    silence = finding.blame is Blame.SLOW and NO_ANSWER.search(finding.rule) is not None
    return silence or finding.blame in NETWORK
