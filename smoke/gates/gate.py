"""One gate: waits for the build, runs the checks, looks further where the point asks for it, and decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from smoke.config.problems import ConfigError
from smoke.gates import looking, parts
from smoke.gates.checking import Checked, run_checks
from smoke.gates.cohort import CohortTerms
from smoke.gates.comparison import LEAST_PAIRS
from smoke.gates.decision import Decision, Part, PartName, decide
from smoke.gates.error_rate import RateTerms
from smoke.gates.opening import open_sampler
from smoke.gates.sample import Sample
from smoke.gates.sampler import Sampler
from smoke.gates.watching import EVERY_S, Watching
from smoke.gates.witness import Witness
from smoke.model import Action, Outcome
from smoke.planning.plan import Plan, Selection, plan
from smoke.settings import Settings

GOOD = (Outcome.PASS, Outcome.FLAKY)
LOOK_S = 300.0
"""How long a cohort or a comparison may take."""
LEAST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a gate was asked."""

    plan: Plan
    settings: Settings
    build_wait_s: float
    """How long it waits for the expected build to be live."""
    say: Callable[[str], None]
    """Told how it goes, a line at a time."""
    witness: Witness | None = None
    """Looks beside the checks, once the build is live and once all of them were good."""


@dataclass(slots=True)
class Gate:
    """One gate on its way to a decision."""

    asked: Question
    _parts: list[Part] = field(default_factory=list)
    _builds: Counter[str] = field(default_factory=Counter)
    _silent: int = 0
    _at: PartName = PartName.BUILD
    """What is being looked at."""
    checked: Checked | None = None
    """What the run of the checks said; None: it was not reached."""

    def decide(self) -> Decision:
        """Look at all that the point asks for, the cheapest first, and stop looking at the first that is not good.

        Raises ConfigError.
        """
        point = self.asked.plan.point
        planned = planned_parts(self.asked.plan, self.asked.settings.expect_build)
        stable = stable_plan(self.asked.plan, self.asked.settings) if PartName.COMPARISON in planned else None
        try:
            self._look(planned, stable)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - what broke is told as any other answer: a gate always decides
            self._parts.append(parts.unseen(point, self._at, f"the harness broke: {type(error).__name__}: {error}"))
        if self._build and PartName.BUILD in planned and not any(each.name is PartName.BUILD for each in self._parts):
            self._parts.insert(0, parts.build_part(point, self._build, self._builds, self._silent))
        return decide(self.asked.plan.point_name, planned, self._parts, point.flaky)

    @property
    def _build(self) -> str | None:
        return self.asked.settings.expect_build

    def _look(self, planned: Iterable[PartName], stable: Plan | None) -> None:
        plan_, settings = self.asked.plan, self.asked.settings
        with ExitStack() as stack:
            witness = self.asked.witness
            wanted = witness is not None or needs_sampler(plan_, settings)
            sampler = stack.enter_context(open_sampler(plan_, settings)) if wanted else None
            if sampler and self._build and not self._is_live(sampler, self._build):
                return
            if sampler and witness:
                witness.first(sampler)
            if not self._checks_are_good():
                return
            steps: dict[PartName, Callable[[Sampler], Part]] = {
                PartName.COHORT: self._cohort,
                PartName.COMPARISON: lambda canary: self._comparison(canary, stable, stack),
                PartName.MONITORING: self._monitoring,
            }
            for name in planned:
                if name in steps and sampler is not None:
                    self._at = name
                    self.asked.say(f"{name} …")
                    self._parts.append(steps[name](sampler))
                    if self._parts[-1].outcome not in GOOD:
                        return
            if sampler and witness:
                witness.last(sampler)

    def _is_live(self, sampler: Sampler, build: str) -> bool:
        point = self.asked.plan.point
        mixed = is_mixed(self.asked.plan)
        arrived = (lambda sample: build in sample.builds) if mixed else (lambda sample: sample.is_of(build))
        waited = asyncio.run(looking.wait_for(sampler, arrived, self.asked.build_wait_s, self.asked.say))
        if waited.live or mixed:  # a small canary may hide for a while: the cohort counts
            return True
        if waited.is_down:  # no build hides there that might be good: the checks say what is wrong
            return True
        self._parts.append(parts.not_live(point, waited.sentence(build), waited.seen))
        return False

    def _checks_are_good(self) -> bool:
        self._at = PartName.CHECKS
        plan_ = self.asked.plan
        mixed = is_mixed(plan_)
        expected = None if mixed else self._build
        seen = self.checked = run_checks(self.asked.settings, plan_.point.timeout_s, expect_build=expected)
        if not mixed:
            self._builds.update(seen.builds)
            self._silent += seen.silent
        said = replace(seen, reason=f"{seen.reason}{narrowed(self.asked.settings)}")
        self._parts.append(parts.checks_part(plan_.point, said, self._build))
        return seen.verdict in GOOD

    def _cohort(self, sampler: Sampler) -> Part:
        point, build = self.asked.plan.point, self._build
        assert point.cohort is not None
        assert build is not None, "a cohort needs an expected build: that was checked"
        share = point.cohort.share if is_mixed(self.asked.plan) else 1.0
        terms = CohortTerms(share=share, least=point.cohort.min_sessions)
        samples = asyncio.run(looking.meet(sampler, build, terms.least, point.cohort.max_sessions, LOOK_S))
        self._note(sample for sample in samples if sample.is_of(build))
        return parts.cohort_part(point, terms, build, samples)

    def _comparison(self, canary: Sampler, there: Plan | None, stack: ExitStack) -> Part:
        point, build = self.asked.plan.point, self._build
        assert there is not None, "what a canary is compared with was planned"
        assert build is not None, "a cohort needs an expected build: that was checked"
        stable = stack.enter_context(open_sampler(there, replace(self.asked.settings, base_url=None)))
        taken = asyncio.run(looking.in_turn(stable, canary, LOOK_S))
        told_apart = [pair for pair in taken if pair.tells_apart(build)]
        if len(told_apart) < LEAST_PAIRS:
            why = f"{len(told_apart)} of {len(taken)} pairs met both builds, {LEAST_PAIRS} are needed"
            return parts.unseen(point, PartName.COMPARISON, why)
        try:
            return parts.comparison_part(point, looking.compared(told_apart))
        except ImportError:
            why = "scipy is missing, which compares: pip install 'smoke-harness[compare]'"
            return parts.unseen(point, PartName.COMPARISON, why)

    def _monitoring(self, sampler: Sampler) -> Part:
        point = self.asked.plan.point
        watched = point.monitoring
        limit = watched.max_error_rate if watched else point.max_error_rate
        assert limit is not None
        terms = RateTerms(max_error_rate=limit, least=watched.min_samples if watched else LEAST)
        duration_s = watched.duration_s if watched else point.target_s
        # A quarter more than is needed, so that a slow answer or two do not leave it with too few.
        every_s = min(EVERY_S, duration_s * len(sampler.probes) / (1.25 * terms.least))
        watch = asyncio.run(Watching(sampler, terms, duration_s, every_s=every_s).watch())
        self._note(watch.samples)
        return parts.monitoring_part(point, watch)

    def _note(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self._builds.update(sample.builds)
            self._silent += sample.silent


def planned_parts(plan_: Plan, build: str | None) -> tuple[PartName, ...]:
    """Return what a gate at the point of ``plan_`` looks at; raises ConfigError where that cannot be."""
    point = plan_.point
    if point.cohort is not None and build is None:
        text = f"is needed at {plan_.point_name}: only by its build can a canary be told from what is stable"
        raise ConfigError.of_option("--expect-build", text)
    acts = point.on_failure.action is not Action.BLOCK
    if acts and plan_.suite.about.page.build is not None and build is None:
        text = f"is needed at {plan_.point_name}: {plan_.suite.name} shows its builds, and a gate acts for one"
        raise ConfigError.of_option("--expect-build", text)
    asked = {
        # Where a balancer mixes two builds, the sessions of the cohort prove which one was met.
        PartName.BUILD: build is not None and not is_mixed(plan_),
        PartName.CHECKS: True,
        PartName.COHORT: point.cohort is not None,
        PartName.COMPARISON: point.cohort is not None and plan_.environment.compare_with is not None,
        PartName.MONITORING: point.monitoring is not None or point.max_error_rate is not None,
    }
    return tuple(name for name in PartName if asked[name])


def stable_plan(plan_: Plan, settings: Settings) -> Plan:
    """Return what the stable build is asked, for a canary to be compared with it; raises ConfigError."""
    chosen = Selection(checks=settings.check, categories=settings.category)
    return plan(plan_.suite, plan_.point_name, plan_.environment.compare_with, chosen)


def is_mixed(plan_: Plan) -> bool:
    """Tell whether a session may meet the stable build as well as the canary."""
    return plan_.point.cohort is not None and plan_.environment.steer is None


def narrowed(settings: Settings) -> str:
    """Return what a reason adds where not all checks of the point were asked for; else nothing."""
    asked = (*settings.check, *map(str, settings.category))
    return f" (only {', '.join(asked)} was asked for)" if asked else ""


def needs_sampler(plan_: Plan, settings: Settings) -> bool:
    """Tell whether a gate looks at more than the run of its checks."""
    return planned_parts(plan_, settings.expect_build) != (PartName.CHECKS,)
