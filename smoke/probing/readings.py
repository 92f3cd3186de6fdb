"""What is read in the answers to a probe: counters, values for later probes, measurements. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import NoneType

from smoke.answers import server_timing
from smoke.answers.body_expectations import is_number
from smoke.answers.exchange import Exchange
from smoke.answers.expectations import wanted_status
from smoke.answers.paths import MISSING
from smoke.answers.shapes import Counter, Must
from smoke.config.probe import Probe
from smoke.judging.timing import p95_of, sampled
from smoke.model import Blame
from smoke.observation import Finding, Measurement, Standard, Unit


def number_in(exchange: Exchange, counter: Counter) -> float | None:
    """Return the number that ``counter`` reads in an answer, or None if it is not there."""
    if counter.matches is not None:
        found = re.search(counter.matches, exchange.text)
        text = found[1] if found else ""
    else:
        value = exchange.at(counter.json or "$")
        text = str(value) if is_number(value) else ""
    try:
        return float(text)
    except ValueError:
        return None


def counted(counter: Counter | None, before: float | None, after: float | None) -> tuple[Finding, ...]:
    """Return what is wrong with a counter that was read ``before`` and ``after``; nothing without one."""
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


def captured(probe: Probe, exchange: Exchange, values: dict[str, object]) -> tuple[Finding, ...]:
    """Keep in ``values`` what later probes need; say what was not there.

    An answer of another status is not what was asked for.
    """
    if (allowed := wanted_status(probe.expect)) and exchange.status not in allowed:
        return ()
    missing = []
    for name, path in probe.capture.items():
        value = exchange.at(path)
        if value is MISSING or isinstance(value, (dict, list, NoneType)):
            missing.append(Finding(rule=f"{path} (missing) exists, to be kept as {name}", blame=Blame.ASSERTION))
        elif value == "":
            missing.append(Finding(rule=f"{path} ('') is not empty, to be kept as {name}", blame=Blame.ASSERTION))
        else:
            values[name] = value
    return tuple(missing)


def measured(probe: Probe, samples: Sequence[Exchange], standard: Standard) -> tuple[Measurement, ...]:
    """Return all that ``samples`` measured; what of a single answer stands for all is that of the first."""
    timing, expect = samples[0].timing, probe.expect
    parts = {
        "dns_ms": timing.dns_ms,
        "connect_ms": timing.connect_ms,
        "tls_ms": timing.tls_ms,
        "first_byte_ms": timing.first_byte_ms,
    }
    found = [total(probe, samples, standard)]
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
        if is_number(value := exchange.at(path)):
            yield Measurement(name=f"{probe.id}.{name}", value=float(value), unit=Unit.COUNT)


def total(probe: Probe, samples: Sequence[Exchange], standard: Standard) -> Measurement:
    """Return how long the answers took, against the budget."""
    first, *further = (sample.timing.total_ms for sample in samples)
    expect, name = probe.expect, f"{probe.id}.total_ms"
    taken = Measurement(name=name, value=first, budget=expect.within_ms, ceiling=expect.ceiling_ms, standard=standard)
    return sampled(taken, further)
