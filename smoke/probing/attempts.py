"""One probe from request to observation: samples, findings, another attempt where it is worth one."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType
from urllib.parse import urlsplit

from smoke.answers import server_timing
from smoke.answers.body_expectations import is_number
from smoke.answers.exchange import Exchange, Request
from smoke.answers.expectations import judge, wanted_status
from smoke.answers.filling import expecting
from smoke.answers.paths import MISSING, at_path
from smoke.answers.shapes import Counter, Expect, Must
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
    p95_of,
    sampled,
    samples_wanted,
    written_once,
)
from smoke.model import Attempt, Blame, Finding, Measurement, Observation, Standard, Unit
from smoke.probing.asking import Send, Shared, Terms, ask, signed, url_of
from smoke.probing.failing import ProbeFailedError
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
    measurements = _measure(probe, samples, terms.standard)
    slow = [each for each in measurements if each.ok is False]
    calibration = both(calm, await shared.reading()) if slow else calm
    wrong: dict[str, Finding] = {}
    for finding in (finding for sample in samples for finding in judge(probe.expect, sample)):
        wrong.setdefault(finding.rule, finding)
    found = (*wrong.values(), *_captured(probe, samples[0], shared), *_counted(probe.counter, before, after))
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
    first, calm = _total(probe, samples, terms.standard), None
    if probe.may_be_asked_again and is_too_slow(first):
        now = await shared.reading() if is_beyond_ceiling(first) else None
        if is_beyond_ceiling(first) and (now is None or now.is_within):
            return samples, now
        calm, least = await shared.calm(), max(least, least_samples(terms.standard))
    while probe.may_be_asked_again and len(samples) < max(
        least, samples_wanted(_total(probe, samples, terms.standard))
    ):
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


def number_in(exchange: Exchange, counter: Counter) -> float | None:
    """Return the number that ``counter`` reads in an answer, or None if it is not there."""
    if counter.matches is not None:
        found = re.search(counter.matches, exchange.text)
        text = found[1] if found else ""
    else:
        try:
            value = at_path(exchange.json, counter.json or "$")
        except ValueError:
            value = MISSING
        text = str(value) if is_number(value) else ""
    try:
        return float(text)
    except ValueError:
        return None


def _counted(counter: Counter | None, before: float | None, after: float | None) -> tuple[Finding, ...]:
    if counter is None:
        return ()
    if before is None or after is None:
        return (Finding(rule=f"{counter.read} has the number to count", blame=Blame.ASSERTION),)
    match counter.must:
        case Must.MOVE if after == before:
            rule = f"{counter.read} counter ({after:g}) moved from {before:g}"
        case Must.STAY if after != before:
            rule = f"{counter.read} counter ({after:g}) == {before:g} as before"
        case _:
            return ()
    return (Finding(rule=rule, blame=Blame.ASSERTION),)


def _captured(probe: Probe, exchange: Exchange, shared: Shared) -> tuple[Finding, ...]:
    """Keep what later probes need; say what was not there. An answer of another status is not what was asked for."""
    if (allowed := wanted_status(probe.expect)) and exchange.status not in allowed:
        return ()
    missing = []
    for name, path in probe.capture.items():
        try:
            value = at_path(exchange.json, path)
        except ValueError:
            value = MISSING
        if value is MISSING or isinstance(value, (dict, list, NoneType)):
            missing.append(Finding(rule=f"{path} (missing) exists, to be kept as {name}", blame=Blame.ASSERTION))
        elif value == "":
            missing.append(Finding(rule=f"{path} ('') is not empty, to be kept as {name}", blame=Blame.ASSERTION))
        else:
            shared.values[name] = value
    return tuple(missing)


def _measure(probe: Probe, samples: Sequence[Exchange], standard: Standard) -> tuple[Measurement, ...]:
    timing, expect = samples[0].timing, probe.expect
    parts = {
        "dns_ms": timing.dns_ms,
        "connect_ms": timing.connect_ms,
        "tls_ms": timing.tls_ms,
        "first_byte_ms": timing.first_byte_ms,
    }
    found = [_total(probe, samples, standard)]
    if expect.p95_within_ms is not None:
        times = [sample.timing.total_ms for sample in samples]
        found.append(p95_of(f"{probe.id}.p95_ms", times, expect.p95_within_ms, standard))
    found += [Measurement(name=f"{probe.id}.{part}", value=value) for part, value in parts.items()]
    if (days := samples[0].tls_days_left) is not None:
        found.append(Measurement(name=f"{probe.id}.tls_days_left", value=days, unit=Unit.DAYS))
    return (*found, *_read(probe, samples[0]), *server_timing.measurements(probe.id, samples[0]))


def _read(probe: Probe, exchange: Exchange) -> Iterator[Measurement]:
    """Yield the numbers that the answer holds and the probe asks for; what is no number is not observed."""
    for name, path in probe.measure.items():
        try:
            value = at_path(exchange.json, path)
        except ValueError:
            return
        if is_number(value):
            yield Measurement(name=f"{probe.id}.{name}", value=float(value), unit=Unit.COUNT)


def _total(probe: Probe, samples: Sequence[Exchange], standard: Standard) -> Measurement:
    first, *further = (sample.timing.total_ms for sample in samples)
    expect, name = probe.expect, f"{probe.id}.total_ms"
    taken = Measurement(name=name, value=first, budget=expect.within_ms, ceiling=expect.ceiling_ms, standard=standard)
    return sampled(taken, further)
