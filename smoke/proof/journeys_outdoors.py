"""Clean repetitions of journeys: as in a run, with its budgets and retries, but answered from the tape.

Those of several repetitions are abreast in one browser.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from smoke.answers.exchange import Exchange, Request
from smoke.judging.confirming import confirmed_ones
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult, Interruption
from smoke.model import Check, CheckKind
from smoke.observation import Observation
from smoke.proof.burning import busy
from smoke.proof.clean import Clean
from smoke.proof.forecast import Forecast
from smoke.proof.journeys import NOTHING
from smoke.proof.replay import Replay
from smoke.proof.taking_over import begun_again, cases_by_journey, take_over
from smoke.reporting.progress import Progress
from smoke.running.drill_cases import DrillCases
from smoke.running.launch import Begun
from smoke.running.opening import open_session
from smoke.running.room import cores
from smoke.running.run import run_checks
from smoke.running.session import Session
from smoke.settings import Settings

EACH_CORE = 2
"""Journeys at once for each processor: they wait for the weather half of the time."""


@dataclass(slots=True)
class Outing:
    """One journey in one repetition; stands in for its target."""

    check: Check
    """Its own, below that of the journey."""
    forecast: Forecast
    replay: Replay
    """Knows the answers."""
    owns: Callable[[str], bool]
    """Tells whether an address is first-party."""
    _turn: int = 0

    def answer(self, request: Request, asker: str) -> Exchange | None:
        """Return what arrives of the answer; None where the target may give it. Raises NoAnswerError."""
        self._turn += 1
        good = self.replay.answer(request, asker)
        if good is None:
            return None
        foreign = not self.owns(request.url)
        return self.forecast.over(good, (self.replay.check_id, self._turn), foreign=foreign)


@dataclass(frozen=True, slots=True)
class Returned:
    """What journeys came back with."""

    results: dict[int, dict[str, CheckResult]]
    """By repetition, and by check."""
    asked: int = 0
    """Requests that went on to the target: reads that the clean run had not made."""


def repeat_journeys(clean: Clean, begun: Begun, settings: Settings, forecasts: Sequence[Forecast]) -> Returned:
    """Run the journeys of a clean run once in each of ``forecasts``, which have the same burners.

    Raises KeyboardInterrupt when it is interrupted, and BrowserMissing.
    """
    journeys = [check for check in clean.plan.checks if check.kind is CheckKind.JOURNEY]
    if not journeys or not forecasts:
        return Returned({})
    cases = [_case_of(each, one) for one in forecasts for each in journeys]
    again = begun_again(begun, cases, clean.target, settings)
    with busy(forecasts[0].burners), open_session(again, settings, Progress()) as session:
        outings = [
            Outing(_case_of(journey, one), one, Replay(clean.tape, journey.id, NOTHING), session.target.owns)
            for one in forecasts
            for journey in journeys
        ]
        _send_out(session, {each.check.id: each for each in outings})
        session.workers = settings.workers or EACH_CORE * int(cores())
        run_checks(session, settings, ())
    if session.interruption is not None:
        raise KeyboardInterrupt
    results: dict[int, dict[str, CheckResult]] = defaultdict(dict)
    for one in forecasts:
        for each, seen in _seen(session, [each for each in outings if each.forecast is one]):
            results[one.number][each.replay.check_id] = _judged(session, each, seen)
    return Returned(dict(results), sum(each.replay.passed for each in outings))


def _case_of(journey: Check, forecast: Forecast) -> Check:
    return replace(journey, id=f"{journey.id}.{forecast.number}")


def _send_out(session: Session, outings: dict[str, Outing]) -> None:
    """Let ``session`` run ``outings`` in place of its journeys, all by the ids of their checks."""
    cases = cases_by_journey((each.replay.check_id, each.check) for each in outings.values())
    retries = dict.fromkeys(outings, session.retry)
    drill = DrillCases(cases=cases, retries=retries, timed=frozenset(outings), remeasured=True)
    take_over(session, drill, outings, {name: each.forecast.script for name, each in outings.items()})


def _seen(session: Session, outings: Sequence[Outing]) -> Iterator[tuple[Outing, Observation | None]]:
    """Yield what was seen of each of ``outings``, which make up one repetition."""
    names = (each.check.id for each in outings)
    found = confirmed_ones({name: session.observations[name] for name in names if name in session.observations})
    yield from ((each, found.get(each.check.id)) for each in outings)


def _judged(session: Session, outing: Outing, seen: Observation | None) -> CheckResult:
    trouble = outing.replay.trouble
    if trouble is not None:
        seen = Observation(check_id=outing.check.id, attempts=(), not_run=session.scrubber.text(trouble))
    broken = Interruption(reason="; ".join(session.troubles), decides=False) if session.troubles else None
    return judge_check(outing.check, seen, broken)
