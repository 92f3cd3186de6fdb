"""Proves one suite: a clean run, then every fault at every check that promises to catch it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from smoke.config.places import journeys_of
from smoke.config.probe import Probe
from smoke.model import CheckKind
from smoke.proof.clean import Clean, run_clean
from smoke.proof.drill import Stage, control, drill
from smoke.proof.fault import Fault
from smoke.proof.journeys import casts_of, rehearse
from smoke.proof.matrix import Case, Matrix, kind_of
from smoke.running.launch import Begun, begin, begin_with_driver
from smoke.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a drill is asked for."""

    faults: tuple[str, ...] = ()
    """Kinds or whole names; none: all."""
    shard: int = 1
    shards: int = 1

    def has(self, name: str) -> bool:
        """Tell whether the fault of this name is asked for."""
        return not self.faults or name in self.faults or kind_of(name) in self.faults

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.faults and self.shards == 1


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told how a proof goes."""

    began: Callable[[Clean, int], None]
    """Of the clean run, and how many faults follow."""
    done: Callable[[Case], None]


def prove(settings: Settings, wanted: Wanted, telling: Telling) -> Matrix:
    """Return what the drills of one suite showed.

    Raises ConfigError, BrowserMissing, and NotCleanError where there is nothing to prove anything by.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        begun = _begun(settings, stack)
        clean = run_clean(begun, settings)
        turns = _turns(wanted)
        company = casts_of(clean, lambda _check, fault: wanted.has(fault) and next(turns))
        pairs = [pair for pair in clean.stage.cases() if wanted.has(pair[1].name) and next(turns)]
        telling.began(clean, company.cases + len(pairs))
        # On a thread of its own: the driver's loop goes on here.
        cases = ThreadPoolExecutor(1).submit(asyncio.run, _drilled(clean.stage, pairs, telling)).result()
        if company.cases:
            cases += rehearse(company, begun, settings)
            for case in cases[len(pairs) :]:
                telling.done(case)
        asked = clean.requests + company.asked
    return Matrix(
        suite=settings.suite,
        environment=clean.plan.environment_name,
        cases=tuple(cases),
        asked=asked,
        duration_s=time.monotonic() - started,
    )


async def _drilled(stage: Stage, pairs: Sequence[tuple[Probe, Fault]], telling: Telling) -> list[Case]:
    known, cases = await control(stage), []
    for probe, fault in pairs:
        cases.append(await drill(stage, known, probe, fault))
        telling.done(cases[-1])
    return cases


def _begun(settings: Settings, stack: ExitStack) -> Begun:
    """Begin as a run does; in a browser that drills cannot reach into, without the journeys."""
    if settings.browser == "chromium" and journeys_of(settings.root, settings.suite).exists():
        return begin_with_driver(settings, stack)
    begun = begin(settings, stack)
    probes = tuple(check for check in begun.plan.checks if check.kind is CheckKind.PROBE)
    return replace(begun, plan=replace(begun.plan, checks=probes))


def _turns(wanted: Wanted) -> Iterator[bool]:
    """Yield for one fault after the other whether it belongs to this part."""
    number = 0
    while True:
        yield number % wanted.shards == wanted.shard - 1
        number += 1
