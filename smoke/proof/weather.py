"""What a healthy network and a busy runner do to answers that are right: the weather of clean repetitions. Pure.

Adding a kind of weather is one function and one entry of ``WEATHERS``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from statistics import NormalDist

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError
from smoke.proof.rewriting import with_header

LATENCY_MS = 50.0
"""Median of what the network adds to an answer."""
SPREAD = 0.7
"""Standard deviation of its logarithm: one answer in six takes twice as long, one in 25,000 is cut off at the most."""
LEAST_MS, MOST_MS = 20.0, 800.0
STALL_MS = 40.0
"""Most that an answer waits for a runner that is busy."""
QUIET_MS = 15.0
"""What the reference exchange takes on an idle runner."""
STALLS = 3
"""How often the reference exchange waits for the runner, for each time that an answer does: both its ends are here."""
SLOW_BYTE_MS = 1000.0
SKEW_S = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a repetition an answer meets the weather."""

    chance: float
    """From 0 to 1, uniform, of this answer and this weather alone."""
    struck: bool
    """Whether it is the one answer of the repetition that a mishap meets which comes once."""
    foreign: bool
    """Whether a third party gives it."""


Act = Callable[[Exchange, Moment], Exchange]
"""Makes what arrives of a right answer; raises NoAnswerError where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """One thing that happens to a run without being the application's fault."""

    name: str
    share: float
    """Of the repetitions that have it, 0 to 1."""
    act: Act
    script: str = ""
    """Run in every page before its own scripts."""
    burners: int = 0
    """Processes that burn processor time beside the journeys."""
    reference_ms: float = 0.0
    """Most that it adds to the reference exchange of probes."""


def _jitter(good: Exchange, now: Moment) -> Exchange:
    return later(good, latency_ms(now.chance))


def _dropped(good: Exchange, now: Moment) -> Exchange:
    if now.struck:
        raise NoAnswerError(NoAnswer.RESET)
    return good


def _slow_first_byte(good: Exchange, now: Moment) -> Exchange:
    return later(good, SLOW_BYTE_MS) if now.struck else good


def _stalled(good: Exchange, now: Moment) -> Exchange:
    return later(good, STALL_MS * now.chance)


def _down(good: Exchange, now: Moment) -> Exchange:
    if now.foreign:
        raise NoAnswerError(NoAnswer.REFUSED)
    return good


def _skewed(good: Exchange, _now: Moment) -> Exchange:
    try:
        said = parsedate_to_datetime(good.header("Date") or "")
    except ValueError:
        return good
    return with_header(good, "Date", format_datetime(said + timedelta(seconds=SKEW_S), usegmt=True))


LATE_CLOCK = f"""(() => {{
  const True = Date, now = () => True.now() - {SKEW_S * 1000:g};
  globalThis.Date = new Proxy(True, {{
    construct: (date, given, made) => Reflect.construct(date, given.length ? given : [now()], made),
    apply: () => new True(now()).toString(),
    get: (date, name) => name === 'now' ? now : Reflect.get(date, name),
  }});
}})()"""
WEATHERS = (
    Weather(name="jitter", share=1.0, act=_jitter),
    Weather(name="dropped-connection", share=0.25, act=_dropped),
    Weather(name="slow-first-byte", share=0.25, act=_slow_first_byte),
    Weather(name="busy-runner", share=0.2, act=_stalled, burners=1, reference_ms=STALLS * STALL_MS),
    Weather(name="third-parties-down", share=0.2, act=_down),
    Weather(name="clock-skew", share=0.2, act=_skewed, script=LATE_CLOCK),
)


def latency_ms(chance: float) -> float:
    """Return what the network adds, in milliseconds: log-normal, within the least and the most. ``chance`` 0 to 1."""
    within = min(max(chance, 1e-9), 1 - 1e-9)
    return min(MOST_MS, max(LEAST_MS, LATENCY_MS * math.exp(SPREAD * NormalDist().inv_cdf(within))))


def later(good: Exchange, ms: float) -> Exchange:
    """Return ``good`` with its first byte, and so its end, later by ``ms`` milliseconds."""
    timing = good.timing
    first = (timing.first_byte_ms or 0.0) + ms
    return replace(good, timing=replace(timing, first_byte_ms=first, total_ms=timing.total_ms + ms))
