"""Runs probes over a tape with one fault injected, and says who noticed. Asks nobody and waits for nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smoke.config.probe import Probe
from smoke.judge import judge_check
from smoke.judged import CheckResult
from smoke.model import Blame, Check, Finding, Observation, Outcome
from smoke.probing.asking import Shared, Terms, url_of
from smoke.probing.attempts import observe
from smoke.probing.client import ProbeFailedError, unanswered
from smoke.probing.exchange import Exchange, Request
from smoke.proof.fault import Fault, NoAnswer, NoAnswerError, faults_of
from smoke.proof.matrix import Case
from smoke.proof.tape import NotOnTapeError, Place, Tape
from smoke.retry import RetryPolicy

IMPATIENT = 0.02
"""Seconds that a probe waits until something holds: on a tape nothing changes by waiting."""
SAID = {
    NoAnswer.REFUSED: "All connection attempts failed: [Errno 111] Connection refused",
    NoAnswer.RESET: "[Errno 104] Connection reset by peer",
    NoAnswer.NO_NAME: "getaddrinfo: [Errno -2] Name or service not known",
    NoAnswer.BAD_CERTIFICATE: "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
    NoAnswer.TRUNCATED: "peer closed connection without sending complete message body",
}
"""What the client is told by the network, in its own words."""
GREEN = (Outcome.PASS, Outcome.FLAKY, Outcome.NOT_RUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What drills of one suite are made on."""

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


@dataclass(slots=True)
class Faulty:
    """Answers from the tape; where a check is to be fooled, with the fault."""

    tape: Tape
    fault: Fault
    places: frozenset[tuple[str, str, int]]
    """Method, address and good status of what the fault is about."""
    touched: set[str] = field(default_factory=set)
    """Checks that got a faulty answer."""
    trouble: str | None = None
    _asked: Counter[Place] = field(default_factory=Counter)
    _hit: Counter[str] = field(default_factory=Counter)

    async def send(self, request: Request, timeout_s: float) -> Exchange:
        """Answer ``request``; raises ProbeFailedError as the client does where no answer comes."""
        try:
            good = self.tape.answer(request, self._asked)
        except NotOnTapeError as error:
            self.trouble = str(error)
            raise _no_answer(NoAnswer.RESET, request, timeout_s) from error
        if (request.method, request.url, good.status) not in self.places:
            return good
        self._hit[request.check_id] += 1
        try:
            bad = self.fault.act(good, self._hit[request.check_id])
        except NoAnswerError as error:
            self.touched.add(request.check_id)
            raise _no_answer(error.how, request, timeout_s) from error
        if bad != good:
            self.touched.add(request.check_id)
        return bad


def _no_answer(how: NoAnswer, request: Request, timeout_s: float) -> ProbeFailedError:
    if how is NoAnswer.HANGS:
        rule = f"{request.method} {request.url} answers within {timeout_s:g} s"
        return ProbeFailedError(Finding(rule=rule, blame=Blame.SLOW))
    return ProbeFailedError(unanswered(request, SAID[how]))


async def drill(stage: Stage, probe: Probe, fault: Fault) -> Case:
    """Try ``fault`` on ``probe``, with all other probes of the suite beside it."""
    begun = time.perf_counter()
    faulty = Faulty(stage.tape, fault, frozenset(_places(stage, probe)))
    policy = RetryPolicy(attempts=2 if fault.flaky else 1, first_wait_s=0.0)
    terms = replace(stage.terms, retry=policy)
    shared = Shared(values=dict(stage.values))
    results = {each.check.id: each async for each in _walk(stage, terms, shared, faulty)}
    mine = results[probe.id]
    red = [name for name, result in results.items() if name != probe.id and result.outcome not in GREEN]
    trouble = faulty.trouble
    if trouble is None and probe.id not in faulty.touched:
        trouble = "the fault changed nothing that the check asks for"
    return Case(
        suite=stage.suite,
        check_id=probe.id,
        fault=fault.name,
        expected=tuple(sorted(fault.blames)),
        outcome=mine.outcome,
        blame=mine.blame,
        rule=stage.scrub(mine.reason) if mine.reason else None,
        duration_ms=(time.perf_counter() - begun) * 1000,
        also=tuple(name for name in red if name in faulty.touched),
        collateral=tuple(name for name in red if name not in faulty.touched),
        trouble=trouble,
    )


async def _walk(stage: Stage, terms: Terms, shared: Shared, faulty: Faulty) -> AsyncIterator[CheckResult]:
    seen: dict[str, Observation] = {}
    for probe in in_order(stage.probes):
        failed = next((each for each in probe.after if _failed(seen.get(each))), None)
        if failed is not None:
            observation = Observation(check_id=probe.id, attempts=(), not_run=f"{failed} did not pass")
        else:
            observation = await observe(_impatient(probe), terms, faulty.send, shared)
        seen[probe.id] = observation
        yield judge_check(stage.checks[probe.id], observation)


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


def _places(stage: Stage, probe: Probe) -> Iterator[tuple[str, str, int]]:
    """Yield what ``probe`` asks beside signing in."""
    login = stage.terms.login
    signing = set(login.writes) if login else set()
    address = url_of(login.base, "", stage.terms) if login else ""
    for good in stage.tape.of(probe.id):
        request = good.request
        if f"{request.method} {request.url.removeprefix(address)}" not in signing:
            yield request.method, request.url, good.status
