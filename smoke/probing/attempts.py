"""One probe from request to observation: samples, findings, another attempt where it is worth one."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from smoke.config.schema import Probe
from smoke.findings import over_budget
from smoke.model import Attempt, Finding, Measurement, Observation
from smoke.probing import server_timing
from smoke.probing.client import ProbeFailedError
from smoke.probing.exchange import Exchange, Request
from smoke.probing.expectations import judge
from smoke.retry import RetryPolicy, wait_before_next

SAMPLES = 3
Send = Callable[[Request, float], Awaitable[Exchange]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Against what, and how patiently, probes run."""

    base_url: str
    timeout_s: float
    retry: RetryPolicy
    headers: tuple[tuple[str, str], ...] = ()


async def observe(probe: Probe, terms: Terms, send: Send) -> Observation:
    """Run ``probe`` until it passes or another attempt is not worth it."""
    attempts: list[Attempt] = []
    while True:
        attempts.append(await _attempt(probe, terms, send, len(attempts) + 1))
        wait = wait_before_next(terms.retry, attempts[-1], random.random())  # noqa: S311 - jitter
        if wait is None:
            return Observation(check_id=probe.id, attempts=tuple(attempts))
        await asyncio.sleep(wait)


async def _attempt(probe: Probe, terms: Terms, send: Send, number: int) -> Attempt:
    started, begun = time.time(), time.perf_counter()
    findings: tuple[Finding, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    try:
        samples = await _samples(probe, terms, send)
        total_ms = statistics.median(sample.timing.total_ms for sample in samples)
        measurements = _measure(probe, samples[0], total_ms)
        wrong = next((found for sample in samples if (found := judge(probe.expect, sample))), ())
        findings = (*wrong, *_slow(measurements))
    except ProbeFailedError as error:
        findings = (error.finding,)
    return Attempt(
        number=number,
        started=started,
        duration_ms=(time.perf_counter() - begun) * 1000,
        findings=findings,
        measurements=measurements,
    )


def request_of(probe: Probe, terms: Terms) -> Request:
    """Build the request that ``probe`` describes."""
    method, path = probe.request.split(" ", 1)
    return Request(method=method, url=terms.base_url + path, headers=(*terms.headers, *probe.headers.items()))


async def _samples(probe: Probe, terms: Terms, send: Send) -> list[Exchange]:
    """Return one answer; where it is over budget, several, so that their median decides."""
    limit = probe.expect.within_ms
    samples = [await send(request_of(probe, terms), terms.timeout_s)]
    if limit is None or samples[0].timing.total_ms <= limit or not probe.request.startswith("GET "):
        return samples
    while len(samples) < SAMPLES:
        samples.append(await send(request_of(probe, terms), terms.timeout_s))
    return samples


def _measure(probe: Probe, exchange: Exchange, total_ms: float) -> tuple[Measurement, ...]:
    timing = exchange.timing
    parts = {
        "dns_ms": timing.dns_ms,
        "connect_ms": timing.connect_ms,
        "tls_ms": timing.tls_ms,
        "first_byte_ms": timing.first_byte_ms,
    }
    return (
        Measurement(name=f"{probe.id}.total_ms", value=total_ms, budget=probe.expect.within_ms),
        *(Measurement(name=f"{probe.id}.{part}", value=value) for part, value in parts.items()),
        *server_timing.measurements(probe.id, exchange),
    )


def _slow(measurements: tuple[Measurement, ...]) -> tuple[Finding, ...]:
    return tuple(over_budget(each) for each in measurements if each.ok is False)
