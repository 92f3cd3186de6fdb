"""Faults on the way: no answer, half an answer, a late one, or one in three."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError
from smoke.config.probe import Probe
from smoke.judging.timing import ceiling_of
from smoke.model import Blame
from smoke.observation import Measurement
from smoke.proof.fault import ALWAYS, Act, Fault, implied_by

BLAMES = {
    NoAnswer.REFUSED: Blame.TCP,
    NoAnswer.RESET: Blame.TCP,
    NoAnswer.NO_NAME: Blame.DNS,
    NoAnswer.BAD_CERTIFICATE: Blame.TLS,
    NoAnswer.TRUNCATED: Blame.TCP,
    NoAnswer.HANGS: Blame.SLOW,
}


def unanswered(how: NoAnswer) -> Act:
    """Return what happens when no whole answer comes."""

    def act(_good: Exchange, _number: int) -> Exchange:
        raise NoAnswerError(how)

    return act


@implied_by(ALWAYS)
def _no_answer(_nothing: None, _probe: Probe) -> Iterator[Fault]:
    for how, blame in BLAMES.items():
        yield Fault(name=how.value, act=unanswered(how), blames=frozenset({blame}))


def first_fails(good: Exchange, number: int) -> Exchange:
    """Refuse the first request, and no other."""
    return replace(good, status=503, body=b"") if number == 1 else good


@implied_by(ALWAYS)
def _first_fails(_nothing: None, probe: Probe) -> Iterator[Fault]:
    if probe.expect.p95_within_ms is None and probe.counter is None and probe.may_be_asked_again:
        yield Fault(name="first-request-fails", act=first_fails, blames=frozenset(), flaky=True)


@implied_by("p95_within_ms")
def _every_third_fails(_limit_ms: float, _probe: Probe) -> Iterator[Fault]:
    """Who asks once may be lucky; who asks a series is not."""

    def act(good: Exchange, number: int) -> Exchange:
        return replace(good, status=503, body=b"") if number % 3 == 0 else good

    yield Fault(name="every-third-fails", act=act, blames=frozenset({Blame.APP_5XX}))


@implied_by("within_ms")
@implied_by("p95_within_ms")
def _late(limit_ms: float, probe: Probe) -> Iterator[Fault]:
    """As late as must be noticed: of what is asked only once, that is what is beyond its ceiling."""
    limit = Measurement(name=probe.id, value=None, budget=limit_ms, ceiling=probe.expect.ceiling_ms)
    late_ms = 2 * limit_ms if probe.may_be_asked_again else ceiling_of(limit)

    def act(good: Exchange, _number: int) -> Exchange:
        total_ms = good.timing.total_ms + late_ms
        return replace(good, timing=replace(good.timing, first_byte_ms=total_ms, total_ms=total_ms))

    def trickling(good: Exchange, _number: int) -> Exchange:
        return replace(good, timing=replace(good.timing, total_ms=good.timing.total_ms + late_ms))

    yield Fault(name="delay", act=act, blames=frozenset({Blame.SLOW}))
    yield Fault(name="slow-trickle", act=trickling, blames=frozenset({Blame.SLOW}))


@implied_by("tls_days_left")
def _certificate(least: float, _probe: Probe) -> Iterator[Fault]:
    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, tls_days_left=least / 2)

    yield Fault(name="certificate-ends", act=act, blames=frozenset({Blame.TLS}))
