"""Drills of journeys: each fault that a journey promises to catch, all of them abreast in one browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smoke.judge import judge_check
from smoke.model import Check, CheckKind, Observation, Outcome
from smoke.plan import Plan
from smoke.proof.clean import Clean, run_clean
from smoke.proof.journey_fault import JourneyFault, Played, faults_of
from smoke.proof.matrix import Case
from smoke.proof.rehearsal import Rehearsal
from smoke.proof.understudy import understudy
from smoke.retry import RetryPolicy
from smoke.running.launch import Begun, Starting, begin_with_driver, starting
from smoke.running.opening import open_session
from smoke.running.rehearsals import Rehearsals
from smoke.running.run import run_checks
from smoke.running.session import Progress, Session
from smoke.running.target import Target
from smoke.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

WORKERS = 10
PATIENCE_MS = 2500.0
"""Longest wait for anything on a page: on a tape nothing comes late but by the fault."""
AGAIN = RetryPolicy(attempts=2, first_wait_s=0.0)


@dataclass(frozen=True, slots=True)
class Cast:
    """One case before it is played: a check of its own, and who stands in for the target."""

    check: Check
    rehearsal: Rehearsal

    @property
    def fault(self) -> JourneyFault:
        """What is wrong in it."""
        return self.rehearsal.fault


@dataclass(frozen=True, slots=True)
class Company:
    """All cases of a drill, before they are played, and the clean run that they come from."""

    clean: Clean
    casts: tuple[Cast, ...]

    @property
    def cases(self) -> int:
        """How many faults will be tried."""
        return sum(cast.fault is not CONTROL for cast in self.casts)

    @property
    def asked(self) -> int:
        """Requests that went on to the target, since the clean run had not made them: they only read."""
        return sum(cast.rehearsal.passed for cast in self.casts)


Chosen = Callable[[str, str], bool]
"""From the id of a journey and the name of a fault to whether they are tried on each other."""
CONTROL = JourneyFault(name="no fault", blames=frozenset())
"""Played with every journey: one that does not pass from the tape as it is shows nothing by going red."""


def all_of_them(_check_id: str, _fault: str) -> bool:
    """Choose every case."""
    return True


def prove_journeys(settings: Settings, chosen: Chosen = all_of_them) -> tuple[Case, ...]:
    """Run the checks of ``settings`` clean, then every journey with every fault that it promises to catch.

    Of these, those that are ``chosen``. Raises NotCleanError if the clean run is not green, ConfigError and
    BrowserMissing as a run does.
    """
    with ExitStack() as stack:
        begun = begin_with_driver(settings, stack)
        return rehearse(casts_of(run_clean(begun, settings), chosen), begun, settings)


def rehearse(company: Company, begun: Begun, settings: Settings, progress: Progress | None = None) -> tuple[Case, ...]:
    """Play all cases of ``company`` abreast, and return them in their order.

    ``begun`` is what the clean run stood on, with the target still there: it sees only reads that are not on the tape.
    ``progress`` is told of every case by an id of its own, below that of its journey; of controls, too.
    """
    clean, casts = company.clean, company.casts
    if not casts:
        return ()
    assert isinstance(begun.starting, Starting), "there are journeys on the tape, so there was a browser"
    planned = _unhurried(replace(clean.plan, checks=tuple(cast.check for cast in casts)))
    target: Future[Target] = Future()
    target.set_result(replace(clean.target, timeout_ms=min(PATIENCE_MS, clean.target.timeout_ms), budgets={}))
    again = Begun(planned, target, starting(begun.starting.driver, planned, settings))
    with open_session(again, settings, progress or Progress()) as session:
        _prepare(session, casts)
        session.workers = settings.workers or WORKERS
        run_checks(session, settings, ())
    broken = {
        cast.rehearsal.check_id: f"it does not pass from the tape without a fault: {case.rule or case.trouble}"
        for cast in casts
        if cast.fault is CONTROL and (case := _case(clean, cast, session)).outcome is not Outcome.PASS
    }
    cases = [_case(clean, cast, session) for cast in casts if cast.fault is not CONTROL]
    return tuple(replace(case, trouble=broken.get(case.check_id, case.trouble)) for case in cases)


def _unhurried(plan: Plan) -> Plan:
    """Return ``plan`` without budgets: so many pages at once say nothing of how fast the target's are."""
    about = replace(plan.suite.about, budgets={}, page=replace(plan.suite.about.page, budgets={}))
    return replace(plan, suite=replace(plan.suite, about=about), environment=replace(plan.environment, budgets={}))


def casts_of(clean: Clean, chosen: Chosen = all_of_them) -> Company:
    """Return the ``chosen`` ones of all faults that the journeys of a clean run promise to catch."""
    return Company(clean, tuple(_casts(clean, chosen)))


def _casts(clean: Clean, chosen: Chosen) -> Iterator[Cast]:
    for check in clean.plan.checks:
        if check.kind is CheckKind.JOURNEY:
            faults = [fault for fault in faults_of(played(clean, check)) if chosen(check.id, fault.name)]
            for number, fault in enumerate((CONTROL, *faults) if faults else ()):
                # Below the journey's own id, so that whatever names that means its cases, too.
                mine = replace(check, id=f"{check.id}.{number}")
                yield Cast(mine, Rehearsal(clean.tape, check.id, fault))


def played(clean: Clean, check: Check) -> Played:
    """Return what journey ``check`` did in the clean run."""
    return Played(
        check=check,
        exchanges=clean.tape.of(check.id),
        clicked=clean.clicked.get(check.id, frozenset()),
        owns=clean.target.owns,
        signs=_signs(clean) if check.account else {},
    )


def _signs(clean: Clean) -> Mapping[str, str]:
    login = clean.plan.suite.about.login
    if login is None:
        return {}
    address = clean.target.urls[login.base] if login.base else clean.target.base_url
    return {written: f"{address}{written.partition(' ')[2]}" for written in login.writes}


def _prepare(session: Session, casts: tuple[Cast, ...]) -> None:
    """Let ``session`` play ``casts`` in place of its journeys."""
    by_case = {cast.check.id: cast for cast in casts}
    cases: dict[str, tuple[Check, ...]] = {}
    for cast in casts:
        cases[cast.rehearsal.check_id] = (*cases.get(cast.rehearsal.check_id, ()), cast.check)
    retries = {name: AGAIN for name, cast in by_case.items() if cast.fault.flaky}
    session.rehearsals = Rehearsals(cases=cases, retries=retries)
    session.guard.stand_ins = {name: cast.rehearsal for name, cast in by_case.items()}
    session.broker = understudy(session.run_id)
    session.broker.pause = session.pause
    session.spares.contexts = replace(session.spares.contexts, navigation_ms=PATIENCE_MS)

    def backstage(context: BrowserContext, check: Check) -> None:
        if script := by_case[check.id].fault.script:
            context.add_init_script(script)

    session.backstage = backstage


def _case(clean: Clean, cast: Cast, session: Session) -> Case:
    seen = session.observations.get(cast.check.id)
    result = judge_check(cast.check, seen or Observation(check_id=cast.check.id, attempts=(), not_run="not played"))
    trouble = cast.rehearsal.idle
    if result.outcome is Outcome.NOT_RUN:
        trouble = "; ".join(session.troubles) or "it was not played"
    return Case(
        suite=clean.plan.suite.name,
        check_id=cast.rehearsal.check_id,
        fault=cast.fault.name,
        expected=tuple(sorted(cast.fault.blames)),
        outcome=result.outcome,
        blame=result.blame,
        rule=result.reason,
        duration_ms=sum(attempt.duration_ms for attempt in seen.attempts) if seen else 0.0,
        trouble=trouble,
    )
