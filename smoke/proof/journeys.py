"""Drills of journeys: each fault that a journey promises to catch, all of them abreast in one browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from smoke.judging.confirming import confirmed, is_unconfirmed
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult
from smoke.judging.offline import NETWORK
from smoke.judging.retry import RetryPolicy
from smoke.model import Check, Outcome
from smoke.observation import Observation
from smoke.proof.clean import Clean
from smoke.proof.journey_fault import JourneyFault
from smoke.proof.matrix import Case
from smoke.proof.replay import Replay
from smoke.proof.taking_over import begun_again, cases_by_journey, take_over
from smoke.reporting.progress import Progress
from smoke.running.drill_cases import DrillCases
from smoke.running.launch import Begun
from smoke.running.opening import open_session
from smoke.running.run import run_checks
from smoke.running.session import Session
from smoke.settings import Settings

WORKERS = 10
PATIENCE_MS = 3000.0
"""Longest wait for anything on a page: on a tape nothing comes late but by the fault."""
NAVIGATION_MS = 2 * PATIENCE_MS
"""Longest wait for a document, which has the rest of its page to fetch beside all the others."""
AGAIN = RetryPolicy(attempts=2, first_wait_s=0.0)


NOTHING = JourneyFault(name="nothing", blames=frozenset())
"""Tried with every journey: one that does not pass from the tape as it is shows nothing by going red."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault about to be tried at one journey: a check of its own, and who stands in for the target."""

    check: Check
    stand_in: Replay

    @property
    def fault(self) -> JourneyFault:
        """What is wrong in it."""
        return self.stand_in.fault

    @property
    def journey(self) -> str:
        """Id of the journey."""
        return self.stand_in.check_id


@dataclass(frozen=True, slots=True)
class Trials:
    """All that is to be tried at journeys, and the clean run that it comes from."""

    clean: Clean
    every: tuple[Trial, ...]


Told = Callable[[Case], None]


def trials_of(clean: Clean, cases: Iterable[tuple[Check, JourneyFault]]) -> Trials:
    """Return what is to be tried: each of ``cases``, and every journey that they are about without any fault."""
    by_journey: dict[str, tuple[Check, list[JourneyFault]]] = {}
    for check, fault in cases:
        by_journey.setdefault(check.id, (check, [NOTHING]))[1].append(fault)
    return Trials(
        clean,
        tuple(
            # Below the journey's own id, so that whatever names that means its cases, too.
            Trial(replace(check, id=f"{check.id}.{number}"), Replay(clean.tape, check.id, fault))
            for check, faults in by_journey.values()
            for number, fault in enumerate(faults)
        ),
    )


def try_all(trials: Trials, begun: Begun, settings: Settings, told: Told) -> int:
    """Try all of ``trials`` abreast, telling ``told`` of each case once it is sure.

    ``begun`` is what the clean run stood on, with the target still there: it sees only reads that are not on the tape.
    Returns how many these were. Raises KeyboardInterrupt if somebody stopped it.
    """
    clean = trials.clean
    if not trials.every:
        return 0
    hurried = replace(clean.target, timeout_ms=min(PATIENCE_MS, clean.target.timeout_ms))
    again = begun_again(begun, [trial.check for trial in trials.every], hurried, settings)
    progress = Progress()
    with open_session(again, settings, progress) as session:
        _prepare(session, trials.every)
        session.expected_build = clean.build
        arriving = Arriving(trials, session, told)
        progress.finished = arriving.finished
        session.workers = settings.workers or WORKERS
        run_checks(session, settings, ())
    if session.interruption is not None and session.interruption.decides:
        raise KeyboardInterrupt
    arriving.tell_the_rest()
    return sum(trial.stand_in.passed for trial in trials.every)


@dataclass(slots=True)
class Arriving:
    """Tells of cases as they come in: of each once its journey is known to pass without a fault."""

    trials: Trials
    session: Session
    told: Told
    passing: set[str] = field(default_factory=set)
    """Journeys that passed from the tape as it is."""
    waiting: dict[str, Trial] = field(default_factory=dict)
    """Trials not yet told of, by their own id."""

    def __post_init__(self) -> None:
        self.waiting = {trial.check.id: trial for trial in self.trials.every}

    def finished(self, result: CheckResult) -> None:
        """Take note of a trial that is done; others may be told now, too."""
        trial = self.waiting[result.check.id]
        if trial.fault is NOTHING and result.outcome is Outcome.PASS:
            self.passing.add(trial.journey)
        if trial.journey in self.passing:
            done = [each for each in self._of(trial.journey) if each.check.id in self.session.observations]
            self._tell(done)

    def tell_the_rest(self) -> None:
        """Tell of what was not told yet: nothing is shown by a journey that does not pass as it is, or did not run."""
        faultless = {trial.journey: trial for trial in self.waiting.values() if trial.fault is NOTHING}
        for journey, trial in faultless.items():
            case = _case(self.trials.clean, trial, self.session)
            why = f"it does not pass from the tape without a fault: {case.rule or case.trouble}"
            self._tell(self._of(journey), why)
        self._tell([*self.waiting.values()])

    def _of(self, journey: str) -> list[Trial]:
        return [each for each in self.waiting.values() if each.journey == journey]

    def _tell(self, trials: list[Trial], trouble: str | None = None) -> None:
        for trial in trials:
            del self.waiting[trial.check.id]
            if trial.fault is not NOTHING:
                case = _case(self.trials.clean, trial, self.session)
                self.told(replace(case, trouble=trouble or case.trouble))


def _prepare(session: Session, trials: tuple[Trial, ...]) -> None:
    """Let ``session`` run ``trials`` in place of its journeys."""
    by_case = {trial.check.id: trial for trial in trials}
    may_write = session.guard.permissions.may_write
    unsure = {trial.journey: may_write(trial.check) and not trial.check.repeatable for trial in trials}
    retries = {
        name: AGAIN
        for name, trial in by_case.items()
        if trial.fault.flaky or (unsure[trial.journey] and not NETWORK.isdisjoint(trial.fault.blames))
    }
    timed = frozenset(name for name, trial in by_case.items() if trial.fault.timed)
    cases = cases_by_journey((trial.journey, trial.check) for trial in trials)
    take_over(
        session,
        DrillCases(cases=cases, retries=retries, timed=timed),
        {name: trial.stand_in for name, trial in by_case.items()},
        {name: trial.fault.script for name, trial in by_case.items()},
    )
    session.spares.contexts = replace(session.spares.contexts, navigation_ms=NAVIGATION_MS)


def _case(clean: Clean, trial: Trial, session: Session) -> Case:
    seen = session.observations.get(trial.check.id)
    untried = Observation(check_id=trial.check.id, attempts=(), not_run="not tried")
    result = judge_check(trial.check, confirmed(seen) if seen else untried)
    trouble = trial.stand_in.idle
    if result.outcome is Outcome.NOT_RUN:
        trouble = "; ".join(session.troubles) or "it was not tried"
    return Case(
        suite=clean.plan.suite.name,
        check_id=trial.journey,
        fault=clean.basis.scrub(trial.fault.name),
        expected=tuple(sorted(trial.fault.blames)),
        outcome=result.outcome,
        blame=result.blame,
        rule=result.reason,
        duration_ms=sum(attempt.duration_ms for attempt in seen.attempts) if seen else 0.0,
        unconfirmed=is_unconfirmed(result),
        trouble=trouble,
    )
