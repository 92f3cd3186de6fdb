"""The few lines that stand under a finding: where it broke, how the page got there, what the console said. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from smoke.model import Blame
from smoke.observation import Attempt, Finding, Observation

MOST = 5
"""Lines under one finding, the trace id not counted."""
CONSOLE_LINES = 2
CIRCLES = 5
"""Times that redirects may lead to one place: by then cookies and languages are settled."""
LONGEST = 300
REPEATED = "error: Failed to load resource"
"""What Chromium says of every bad answer, which is told by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One document that the browser asked for."""

    method: str
    where: str
    """Path without the query; with scheme, host and port before it where it is not the target's."""
    outcome: str
    """Status, or the network error."""
    redirected: bool
    """The answer of the hop before sent the browser here."""

    @property
    def is_bad(self) -> bool:
        """Whether it ended with no answer, or with one of 400 and more."""
        return not self.outcome.isdigit() or int(self.outcome) >= 400


def clues(hops: Sequence[Hop], console: Sequence[str]) -> tuple[str, ...]:
    """Return the response chain of the document that failed, or of the last one, and the last console errors.

    ``console`` has lines such as ``error: …``.
    """
    errors = [line[:LONGEST] for line in console if line.startswith("error: ") and not line.startswith(REPEATED)]
    return (*_chain(hops), *(f"console {line}" for line in dict.fromkeys(errors[-CONSOLE_LINES:])))


def circles(hops: Sequence[Hop]) -> tuple[Finding, ...]:
    """Find the document that redirects in circles, whether or not the browser went round to the end."""
    for chain in _chains(hops):
        for where, count in Counter(hop.where for hop in chain).items():
            if count >= CIRCLES:
                rule = f"page {where} is shown, but redirects led back to it {count - 1} times"
                return (Finding(rule=rule, blame=Blame.ASSERTION),)
    return ()


def _chains(hops: Sequence[Hop]) -> list[list[Hop]]:
    chains: list[list[Hop]] = []
    for hop in hops:
        if hop.redirected and chains:
            chains[-1].append(hop)
        else:
            chains.append([hop])
    return chains


def _chain(hops: Sequence[Hop]) -> Iterator[str]:
    if chains := _chains(hops):
        told = next((chain for chain in reversed(chains) if chain[-1].is_bad), chains[-1])
        told = told if len(told) <= CIRCLES else [*told[:2], *told[-2:]]
        yield f"{told[0].method} " + " -> ".join(f"{hop.where} {hop.outcome}" for hop in told)


def supported(findings: Sequence[Finding], lines: Sequence[str]) -> tuple[Finding, ...]:
    """Return ``findings``, the first with ``lines`` under it, as far as it does not say the same already."""
    if not findings:
        return ()
    first = findings[0]
    said = " ".join((first.rule, *first.evidence))
    fresh = [line for line in lines if line.removeprefix("console error: ") not in said]
    return (replace(first, evidence=(*first.evidence[: MOST - len(fresh)], *fresh)), *findings[1:])


def noted(findings: Sequence[Finding], lines: Sequence[str]) -> tuple[Finding, ...]:
    """Return ``findings``, the first with all of ``lines`` under it."""
    first, *others = findings
    return (replace(first, evidence=(*first.evidence, *lines)), *others)


def traced(observation: Observation, trace_id: str) -> Observation:
    """Return ``observation`` with the id under which the target's own logs and traces know these requests."""
    return replace(observation, attempts=tuple(_traced(each, trace_id) for each in observation.attempts))


def _traced(attempt: Attempt, trace_id: str) -> Attempt:
    if not attempt.findings:
        return attempt
    return replace(attempt, findings=noted(attempt.findings, (f"trace id {trace_id}",)))
