"""Runs probes over a tape with one fault injected, and says who noticed. Asks nobody and waits for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoke.answers.shapes import Expect, Flaw
from smoke.config.probe import Probe
from smoke.judging.confirming import confirmed_ones, is_unconfirmed
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult
from smoke.judging.offline import NETWORK
from smoke.judging.retry import RetryPolicy
from smoke.model import Check, Outcome
from smoke.observation import Observation
from smoke.probing.asking import Shared, Terms
from smoke.probing.attempts import observe
from smoke.proof.declared import faults_of
from smoke.proof.fault import Fault
from smoke.proof.faulty import Faulty
from smoke.proof.matrix import Case
from smoke.proof.tape import Tape

IMPATIENT = 0.02
"""Seconds that a probe waits until something holds: on a tape nothing changes by waiting."""
NOTHING = Fault(name="nothing", act=lambda good, _number: good, blames=frozenset())
GREEN = (Outcome.PASS, Outcome.FLAKY, Outcome.NOT_RUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the drills of one suite need of its clean run."""

    suite: str
    probes: tuple[Probe, ...]
    checks: Mapping[str, Check]
    terms: Terms
    values: Mapping[str, object]
    """What the clean run filled requests with: ``run`` and ``origin``."""
    tape: Tape
    scrub: Callable[[str], str] = str
    """Takes known secrets out of a text."""

    def cases(self) -> Iterator[tuple[Probe, Fault]]:
        """Yield every fault with the probe that promises to catch it."""
        for probe in self.probes:
            for fault in faults_of(probe):
                yield probe, fault


@dataclass(frozen=True, slots=True)
class Faultless:
    """What the tape gives without any fault."""

    red: Mapping[str, str]
    """Checks that do not pass even so, and why: nothing can be said of them."""
    values: Mapping[str, object]
    """What requests are filled with in the end."""


async def faultless(basis: Basis) -> Faultless:
    """Run all probes over the tape as it is."""
    shared = Shared(values=dict(basis.values))
    terms = replace(basis.terms, retry=RetryPolicy(attempts=1))
    results = await _walk(basis, terms, shared, Faulty(basis.tape, NOTHING, frozenset()))
    red = {name: each.reason or each.outcome for name, each in results.items() if each.outcome is not Outcome.PASS}
    return Faultless(red, dict(shared.values))


async def drill(basis: Basis, known: Faultless, probe: Probe, fault: Fault) -> Case:
    """Try ``fault`` on ``probe``, with all other probes of the suite beside it.

    What one expectation promises to catch it must catch alone, too: else nobody would miss it.
    """
    begun = time.perf_counter()
    faulty = Faulty(basis.tape, fault, frozenset(_meant(basis, probe)))
    unsure = not probe.may_be_asked_again and not NETWORK.isdisjoint(fault.blames)
    policy = RetryPolicy(attempts=2 if fault.flaky or unsure else 1, first_wait_s=0.0)
    terms = replace(basis.terms, retry=policy)
    shared = Shared(values=dict(basis.values))
    results = await _walk(basis, terms, shared, faulty)
    mine, rule = results[probe.id], results[probe.id].reason
    if fault.field and mine.outcome not in GREEN:
        alone = await _alone(basis, known, probe, fault)
        if alone.outcome in GREEN:
            mine, rule = alone, f"its {fault.field} are content; noticed by the way: {rule}"
    red = [name for name, each in results.items() if each.outcome not in GREEN and name not in {probe.id, *known.red}]
    return Case(
        suite=basis.suite,
        check_id=probe.id,
        fault=basis.scrub(fault.name),
        expected=tuple(sorted(fault.blames)),
        outcome=mine.outcome,
        blame=mine.blame,
        rule=basis.scrub(rule) if rule else None,
        duration_ms=(time.perf_counter() - begun) * 1000,
        also=tuple(name for name in red if name in faulty.touched),
        collateral=tuple(name for name in red if name not in faulty.touched),
        unconfirmed=is_unconfirmed(mine),
        trouble=_trouble(basis, known, probe, faulty),
    )


def _trouble(basis: Basis, known: Faultless, probe: Probe, faulty: Faulty) -> str | None:
    """Say why a drill shows nothing, None if it does."""
    if (reason := known.red.get(probe.id)) is not None:
        return basis.scrub(f"it does not pass from the tape without a fault: {reason}")
    if faulty.trouble is not None:
        return basis.scrub(faulty.trouble)
    return None if probe.id in faulty.touched else "the fault changed nothing that the check asks for"


async def _alone(basis: Basis, known: Faultless, probe: Probe, fault: Fault) -> CheckResult:
    """Judge the faulty answer by nothing but the expectation that promises to catch it, and by its good status."""
    meant = frozenset(_meant(basis, probe))
    said = getattr(probe.expect, fault.field)
    mine: dict[str, Any] = {fault.field: {fault.subject: said[fault.subject]} if fault.subject else said}
    statuses = tuple({status for *_, status in meant})
    expect = Expect(status=statuses, samples=probe.expect.samples, **{"accepts": tuple(Flaw), **mine})
    bare = replace(probe, expect=expect, capture={}, counter=None, eventually=None)
    terms = replace(basis.terms, retry=RetryPolicy(attempts=1))
    seen = await observe(bare, terms, Faulty(basis.tape, fault, meant).send, Shared(values=dict(known.values)))
    return judge_check(basis.checks[probe.id], seen)


async def _walk(basis: Basis, terms: Terms, shared: Shared, faulty: Faulty) -> dict[str, CheckResult]:
    """Run all probes one after the other; return what was judged, by check."""
    seen: dict[str, Observation] = {}
    for probe in in_order(basis.probes):
        failed = next((each for each in probe.after if _failed(seen.get(each))), None)
        if failed is not None:
            observation = Observation(check_id=probe.id, attempts=(), not_run=f"{failed} did not pass")
        else:
            observation = await observe(_impatient(probe), terms, faulty.send, shared)
        seen[probe.id] = observation
    return {name: judge_check(basis.checks[name], each) for name, each in confirmed_ones(seen).items()}


def in_order(probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return ``probes`` so that each comes after those that it needs."""
    done: dict[str, Probe] = {}
    left = list(probes)
    while left:
        ready = [probe for probe in left if all(name in done for name in probe.after)]
        if not ready:
            raise ValueError(f"{', '.join(probe.id for probe in left)} come after each other")
        done |= {probe.id: probe for probe in ready}
        left = [probe for probe in left if probe.id not in done]
    return tuple(done.values())


def _failed(observation: Observation | None) -> bool:
    return observation is None or not observation.attempts or observation.attempts[-1].outcome is not Outcome.PASS


def _impatient(probe: Probe) -> Probe:
    if probe.eventually is None:
        return probe
    return replace(probe, eventually=replace(probe.eventually, within_s=IMPATIENT, every_s=IMPATIENT))


def _meant(basis: Basis, probe: Probe) -> Iterator[tuple[str, str, int]]:
    """Yield what ``probe`` asks beside signing in."""
    for good in basis.tape.of(probe.id):
        if not basis.terms.signs_in(good.request):
            yield good.request.method, good.request.url, good.status
