"""Repeats a suite clean, in all weathers, and counts the false alarms."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from smoke.host.supervisor import allow
from smoke.judging.judged import CheckResult
from smoke.model import CheckKind, Outcome
from smoke.proof.campaign import Campaign, Ending, Repetition, alarms_of
from smoke.proof.clean import Clean, NotCleanError, run_clean
from smoke.proof.forecast import Forecast, forecast
from smoke.proof.journeys_outdoors import repeat_journeys
from smoke.proof.probes_outdoors import repeat_probes
from smoke.proof.prove import begun_for
from smoke.proof.resting import rest
from smoke.proof.weather import WEATHERS, Weather
from smoke.running.launch import Begun
from smoke.settings import Settings

AT_ONCE = 20
"""Repetitions whose journeys share a browser: it is fresh again before it has grown old."""
STALLED_S = 900.0
"""After which a batch that does not end is stopped, where somebody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How often a suite shall be repeated, and in what."""

    repetitions: int
    journeys: int
    """Of these, how many with the journeys, too."""
    seed: int
    weathers: tuple[Weather, ...] = WEATHERS


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who is told how a campaign goes."""

    began: Callable[[Clean], None]
    done: Callable[[Sequence[Repetition]], None]
    """Of all repetitions so far."""


def repeat(settings: Settings, asked: Asked, hearing: Hearing) -> Campaign:
    """Run the checks of one suite clean, then as often as is ``asked`` from its answers.

    An interruption ends it early; what was counted is returned. Raises ConfigError, BrowserMissing, and NotCleanError
    where a check does not pass even without weather.
    """
    started, requests = time.monotonic(), 0
    done: list[Repetition] = []
    with ExitStack() as stack:
        begun = begun_for(settings, stack)
        clean = run_clean(begun, settings, rest)
        _check_still(clean, begun, settings)
        hearing.began(clean)
        ending = Ending.WHOLE
        try:
            for batch in _batches(clean, asked):
                allow(STALLED_S)
                requests += _repeat(clean, begun, settings, batch, done)
                hearing.done(done)
        except KeyboardInterrupt:
            ending = Ending.STOPPED
    return Campaign(
        suite=settings.suite,
        environment=clean.plan.environment_name,
        seed=asked.seed,
        wanted=asked.repetitions,
        repetitions=tuple(sorted(done, key=lambda each: each.number)),
        asked=clean.requests + requests,
        duration_s=time.monotonic() - started,
        ending=ending,
        finished=time.time(),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Repetitions that are made together."""

    forecasts: tuple[Forecast, ...]
    outdoors: tuple[Forecast, ...]
    """Those of them that have the journeys, too."""


def _batches(clean: Clean, asked: Asked) -> Iterator[Batch]:
    """Yield all repetitions in about their order; the journeys of a batch have the same burners."""
    kinds = {kind: _requests(clean, kind) for kind in CheckKind}
    every = kinds[CheckKind.PROBE] | kinds[CheckKind.JOURNEY]
    waiting: dict[tuple[bool, int], list[Forecast]] = defaultdict(list)
    for number in range(1, asked.repetitions + 1):
        whole = _has_journeys(number, asked)
        one = forecast(asked.seed, number, every if whole else kinds[CheckKind.PROBE], asked.weathers)
        key = (whole, one.burners if whole else 0)
        waiting[key].append(one)
        if len(waiting[key]) == AT_ONCE:
            yield _batch(whole, waiting.pop(key))
    for (whole, _), left in waiting.items():
        yield _batch(whole, left)


def _batch(whole: bool, forecasts: Sequence[Forecast]) -> Batch:  # noqa: FBT001
    return Batch(tuple(forecasts), tuple(forecasts) if whole else ())


def _has_journeys(number: int, asked: Asked) -> bool:
    """Tell whether repetition ``number`` is one of those with journeys, which are spread evenly."""
    before, until = ((each * asked.journeys) // asked.repetitions for each in (number - 1, number))
    return until > before


def _requests(clean: Clean, kind: CheckKind) -> dict[str, int]:
    checks = (check.id for check in clean.plan.checks if check.kind is kind)
    return {name: len(clean.tape.of(name)) for name in checks}


def _repeat(clean: Clean, begun: Begun, settings: Settings, batch: Batch, done: list[Repetition]) -> int:
    """Add the repetitions of ``batch`` to ``done``; return how many requests went on to the target."""
    probes = {one.number: repeat_probes(clean.basis, one) for one in batch.forecasts}
    returned = repeat_journeys(clean, begun, settings, batch.outdoors)
    journeys = returned.results
    done += [_repetition(one, probes[one.number], journeys.get(one.number, {})) for one in batch.forecasts]
    return returned.asked


def _repetition(one: Forecast, probes: dict[str, CheckResult], journeys: dict[str, CheckResult]) -> Repetition:
    alarms = alarms_of((probes | journeys).items())
    return Repetition(number=one.number, weathers=one.names, probes=len(probes), journeys=len(journeys), alarms=alarms)


STILL = Forecast(seed=0, number=0, weathers=())


def _check_still(clean: Clean, begun: Begun, settings: Settings) -> None:
    """Raise NotCleanError if a check does not pass from the tape without any weather: nothing could be said of it."""
    found: list[Repetition] = []
    _repeat(clean, begun, settings, Batch((STILL,), (STILL,)), found)
    bad = [each for each in found[0].alarms if each.outcome is not Outcome.FLAKY]
    if bad:
        told = "; ".join(f"{each.check_id} is {each.outcome}: {each.rule}" for each in bad)
        raise NotCleanError(f"from its own answers, in no weather at all, {told}")
