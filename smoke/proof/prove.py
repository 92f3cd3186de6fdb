"""Proves one suite: a clean run, then every fault at every check that promises to catch it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from smoke import __version__
from smoke.config.paths import journeys_of
from smoke.config.probe import Probe
from smoke.config.problems import Problem
from smoke.host.supervisor import allow
from smoke.model import Check, CheckKind
from smoke.planning.plan import Plan
from smoke.proof.clean import Clean, run_clean
from smoke.proof.declared import faults_of, unknown
from smoke.proof.drill import drill, faultless
from smoke.proof.fault import Fault
from smoke.proof.journal import Key, Opens
from smoke.proof.journey_fault import JourneyFault
from smoke.proof.journeys import trials_of, try_all
from smoke.proof.matrix import Case, Matrix, Result, kind_of
from smoke.proof.parts import Wanted
from smoke.proof.promised import faults_of_journeys
from smoke.running.launch import Begun, begin, begin_with_driver
from smoke.settings import Settings

CALM_WORKERS = 2
"""Journeys abreast where what may be a busy machine's fault is tried again."""
STALLED_S = 180.0
"""After which a drill in which nothing came to an end is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Faults with the checks that promise to catch them, in the order in which they are tried."""

    probes: Mapping[Key, tuple[Probe, Fault]]
    journeys: Mapping[Key, tuple[Check, JourneyFault]]

    @property
    def keys(self) -> tuple[Key, ...]:
        """What each is known by."""
        return (*self.probes, *self.journeys)

    def only(self, keys: Collection[Key]) -> Faults:
        """Return those of ``keys``."""
        return Faults(
            probes={key: each for key, each in self.probes.items() if key in keys},
            journeys={key: each for key, each in self.journeys.items() if key in keys},
        )


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told how a proof goes."""

    began: Callable[[Clean, Faults, int], None]
    """Of the clean run, the faults that follow, and how many were tried before."""
    done: Callable[[Case], None]
    unknown: Callable[[Mapping[str, Problem]], None]
    """Of faults that were asked for, and that no check of the suite promises to catch; raises to stop."""


def prove(settings: Settings, wanted: Wanted, telling: Telling, journal: Opens) -> Matrix:
    """Return what the drills of one suite showed.

    Raises ConfigError, BrowserMissing, and NotCleanError where there is nothing to prove anything by.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        begun = begun_for(settings, stack)
        plan = begun.plan
        allow(plan.point.timeout_s + STALLED_S)
        if not any(check.kind is CheckKind.JOURNEY for check in plan.checks):
            _tell_unknown(wanted, (fault.name for probe in plan.suite.probes for fault in faults_of(probe)), telling)
        clean = run_clean(begun, settings)
        promised = _promised(clean)
        if promised.journeys:
            _tell_unknown(wanted, (name for _, name in promised.keys), telling)
        done = journal(settings, _subject(plan, settings))
        found = {key: done.cases[key] for key in promised.keys if wanted.has(*key) and key in done.cases}
        todo = promised.only([key for key in promised.keys if wanted.has(*key) and key not in found])
        telling.began(clean, todo, len(found))

        def told(case: Case) -> None:
            allow(STALLED_S)
            found[case.key] = case
            done.keep(case)
            telling.done(case)

        _try_probes(clean, todo, told)
        passed = _try_journeys(clean, todo, begun, settings, told)
    return Matrix(
        suite=settings.suite,
        environment=plan.environment_name,
        cases=tuple(found[key] for key in promised.keys if key in found),
        asked=clean.requests + passed,
        duration_s=time.monotonic() - started,
        checks={check.id: check.category for check in plan.checks},
        promised=len(promised.keys),
        finished=time.time(),
        config_sha256=plan.suite.sha256,
    )


def _promised(clean: Clean) -> Faults:
    scrub = clean.basis.scrub
    return Faults(
        probes={(probe.id, scrub(fault.name)): (probe, fault) for probe, fault in clean.basis.cases()},
        journeys={(check.id, scrub(fault.name)): (check, fault) for check, fault in faults_of_journeys(clean)},
    )


def _subject(plan: Plan, settings: Settings) -> str:
    """Return what a drill is of: what was shown of one is shown of another only if that is the same."""
    where = settings.base_url or plan.environment.base_url
    return " ".join([__version__, plan.suite.name, plan.environment_name, where, settings.browser, plan.suite.sha256])


def _tell_unknown(wanted: Wanted, known: Iterable[str], telling: Telling) -> None:
    names = {*known}
    told = unknown("fault", wanted.faults, names | {*map(kind_of, names)})
    telling.unknown({name: Problem.of_option("--fault", text) for name, text in told})


def _try_probes(clean: Clean, todo: Faults, told: Callable[[Case], None]) -> None:
    stopped = threading.Event()

    async def drilled() -> None:
        known = await faultless(clean.basis)
        for probe, fault in todo.probes.values():
            if stopped.is_set():
                return
            told(await drill(clean.basis, known, probe, fault))

    # On a thread of its own: the driver's loop goes on here.
    with ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(asyncio.run, drilled()).result()
        except KeyboardInterrupt:
            stopped.set()
            raise


def _try_journeys(clean: Clean, todo: Faults, begun: Begun, settings: Settings, told: Callable[[Case], None]) -> int:
    """Try all faults at journeys, and return how many requests went on to the target.

    What went wrong otherwise than it must is tried once more, with less beside it: that may be a busy machine. What
    stayed green stays so.
    """
    odd: list[Key] = []

    def first(case: Case) -> None:
        if case.result in (Result.UNPROVED, Result.WRONG_BLAME):
            odd.append(case.key)
            allow(STALLED_S)
        else:
            told(case)

    passed = try_all(trials_of(clean, todo.journeys.values()), begun, settings, first)
    left = todo.only(odd).journeys.values()
    return passed + try_all(trials_of(clean, left), begun, replace(settings, workers=CALM_WORKERS), told)


def begun_for(settings: Settings, stack: ExitStack) -> Begun:
    """Begin as a run does; in a browser that drills cannot reach into, without the journeys."""
    if settings.browser == "chromium" and journeys_of(settings.root, settings.suite).exists():
        return begin_with_driver(settings, stack)
    begun = begin(settings, stack)
    probes = tuple(check for check in begun.plan.checks if check.kind is CheckKind.PROBE)
    return replace(begun, plan=replace(begun.plan, checks=probes))
