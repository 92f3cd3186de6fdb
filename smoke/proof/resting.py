"""Asks again what the clean run was slow to get: a runner that has just begun is busy, but not in every repetition."""

from __future__ import annotations

from smoke.answers.exchange import Exchange
from smoke.config.probe import Probe
from smoke.proof.tape import Tape
from smoke.running.session import Session

SLOW = 0.3
"""Share of a budget from which on the clean run has left little of it to the weather."""
QUICK = 0.1
"""Share up to which it need not be asked again."""
LOOKS = 5
"""Most looks at each probe, the clean run's own among them."""


def rest(session: Session, tape: Tape) -> None:
    """Keep the quickest answer of each probe that was slow and only asks one thing, out of a few."""
    for probe in session.plan.suite.probes:
        if probe.id not in session.observations or not _asks_one_thing(probe):
            continue
        for _ in range(1, LOOKS):
            if share_of(probe, tape.of(probe.id)) <= QUICK:
                break
            session.probes.again(probe.id)
            tape.quickest(probe.id)


def share_of(probe: Probe, answers: tuple[Exchange, ...]) -> float:
    """Return which share of its budget the first of ``answers`` took, 0 where there is no budget."""
    limit_ms = probe.expect.within_ms or probe.expect.p95_within_ms
    return answers[0].timing.total_ms / limit_ms if limit_ms and answers else 0.0


def _asks_one_thing(probe: Probe) -> bool:
    whole = probe.counter is None and probe.eventually is None and probe.expect.openapi is None
    return whole and probe.may_be_asked_again and not probe.account and not probe.capture
