"""One probe from request to observation: samples, findings, another attempt where it is worth one."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from smoke.answers.exchange import Exchange, Request
from smoke.answers.expectations import judge
from smoke.answers.filling import expecting
from smoke.answers.shapes import Expect
from smoke.answers.variables import filled
from smoke.calibration import Calibration, both
from smoke.config.probe import Probe
from smoke.judging.blame import never_left
from smoke.judging.clues import noted
from smoke.judging.retry import not_repeated, standard_of, wait_before_next
from smoke.judging.timing import (
    Circumstances,
    is_beyond_ceiling,
    is_too_slow,
    least_samples,
    over_budget,
    samples_wanted,
    written_once,
)
from smoke.model import Blame
from smoke.observation import Attempt, Finding, Measurement, Observation
from smoke.probing.asking import Shared, Terms, ask, signed, url_of
from smoke.probing.failing import ProbeFailedError
from smoke.probing.readings import captured, counted, measured, number_in, total
from smoke.probing.sending import Send
from smoke.probing.waited import waits_of_attempt
from smoke.safety import READS


async def observe(probe: Probe, terms: Terms, send: Send, shared: Shared | None = None) -> Observation:
    """Run ``probe`` until it passes, or another attempt is not worth it or would write twice."""
    common, wrote = shared or Shared(), Wrote(probe, terms, send)
    attempts: list[Attempt] = []
    while True:
        attempt = await _attempt(probe, terms, wrote, common, len(attempts) + 1)
        if why := not_repeated(terms.retry, attempt, wrote.never_again):
            attempt = replace(attempt, findings=noted(attempt.findings, why), unrepeated=wrote.never_again)
        attempts.append(attempt)
        wait = wait_before_next(terms.retry, attempt, random.random(), (), wrote.never_again)  # noqa: S311 - jitter
        if wait is None:
            return Observation(check_id=probe.id, attempts=tuple(attempts))
        await asyncio.sleep(wait)


@dataclass(slots=True)
class Wrote:
    """Sends, and takes note of what left and changes something."""

    probe: Probe
    terms: Terms
    send: Send
    _made: dict[str, None] = field(default_factory=dict)

    async def __call__(self, request: Request, timeout_s: float) -> Exchange:
        """Send ``request``; raises ProbeFailedError as whoever really sends it."""
        try:
            exchange = await self.send(request, timeout_s)
        except ProbeFailedError as error:
            if error.finding.blame is not Blame.SAFETY and not never_left(error.finding.rule):
                self._note(request)
            raise
        self._note(request)
        return exchange

    def _note(self, request: Request) -> None:
        if request.method not in READS and not self.terms.signs_in(request):
            self._made[f"{request.method} {urlsplit(request.url).path}"] = None

    @property
    def never_again(self) -> tuple[str, ...]:
        """What was written and must not be written twice."""
        return () if self.probe.repeatable else tuple(self._made)


async def _attempt(probe: Probe, terms: Terms, send: Wrote, shared: Shared, number: int) -> Attempt:
    clock = asyncio.get_running_loop().time
    terms = replace(terms, standard=standard_of(terms.retry, number))
    started, begun = time.time(), clock()
    seen = Seen()
    with waits_of_attempt() as waited:
        try:
            seen = await _patiently(probe, terms, send, shared)
        except ProbeFailedError as error:
            seen = Seen(findings=(error.finding,))
    return Attempt(
        number=number,
        started=started,
        duration_ms=(clock() - begun - waited.seconds) * 1000,
        findings=seen.findings,
        measurements=seen.measurements,
        calibration=seen.calibration,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look, with all its samples, came to."""

    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    calibration: Calibration | None = None


async def _patiently(probe: Probe, terms: Terms, send: Wrote, shared: Shared) -> Seen:
    """Look once, or with ``eventually`` until nothing is wrong any more or the time for that is over."""
    patience, clock = probe.eventually, asyncio.get_running_loop().time
    ends = clock() + (patience.within_s if patience else 0.0)
    while True:
        seen = await _look(probe, terms, send, shared)
        if not seen.findings or patience is None or clock() + patience.every_s > ends:
            break
        await asyncio.sleep(patience.every_s)
    if seen.findings and patience is not None:
        first = seen.findings[0]
        late = Finding(rule=f"holds within {patience.within_s:g} s: {first.rule}", blame=first.blame)
        return replace(seen, findings=(late, *seen.findings))
    return seen


async def _look(probe: Probe, terms: Terms, send: Wrote, shared: Shared) -> Seen:
    if (expect := expecting(probe.expect, shared.values)) is not probe.expect:
        probe = replace(probe, expect=expect)
    before = await _count(probe, terms, send, shared)
    samples, calm = await _samples(probe, terms, send, shared)
    after = await _count(probe, terms, send, shared)
    measurements = measured(probe, samples, terms.standard)
    slow = [each for each in measurements if each.ok is False]
    calibration = both(calm, await shared.reading()) if slow else calm
    wrong: dict[str, Finding] = {}
    for finding in (finding for sample in samples for finding in judge(probe.expect, sample)):
        wrong.setdefault(finding.rule, finding)
    found = (*wrong.values(), *captured(probe, samples[0], shared.values), *counted(probe.counter, before, after))
    under = Circumstances(calibration=calibration, unrepeatable=written_once(send.never_again))
    findings = (*found, *(over_budget(each, under) for each in slow))
    return Seen(findings=findings, measurements=measurements, calibration=calibration)


async def _samples(probe: Probe, terms: Terms, send: Send, shared: Shared) -> tuple[list[Exchange], Calibration | None]:
    """Return one answer; several where a percentile is judged, or where the first is over budget and does not decide.

    Before those the runner calms down, and how far it did is returned too. One answer beyond its ceiling decides, if
    the runner was within its band just then.
    """
    samples = [await ask(probe, terms, shared, send)]
    least = probe.expect.samples if probe.expect.p95_within_ms is not None else 1
    first, calm = total(probe, samples, terms.standard), None
    if probe.may_be_asked_again and is_too_slow(first):
        now = await shared.reading() if is_beyond_ceiling(first) else None
        if is_beyond_ceiling(first) and (now is None or now.is_within):
            return samples, now
        calm, least = await shared.calm(), max(least, least_samples(terms.standard))
    while probe.may_be_asked_again and len(samples) < max(least, samples_wanted(total(probe, samples, terms.standard))):
        samples.append(await ask(probe, terms, shared, send))
    return samples, calm


async def _count(probe: Probe, terms: Terms, send: Send, shared: Shared) -> float | None:
    counter = probe.counter
    if counter is None:
        return None
    path = filled(counter.read.split(" ", 1)[1], shared.values)
    request = Request(method="GET", url=url_of(probe.base, path, terms), headers=terms.headers, check_id=probe.id)
    request = await signed(request, probe.account, terms, shared, send)
    exchange = await send(request, terms.timeout_s)
    if wrong := judge(Expect(), exchange):
        raise ProbeFailedError(wrong[0])
    return number_in(exchange, counter)
