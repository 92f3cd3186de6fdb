"""Has many cases of the journeys of a clean run take their place in a session, each with a stand-in for its target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.model import Check
from smoke.proof.broker import open_broker
from smoke.running.drill_cases import DrillCases
from smoke.running.launch import Begun, starting
from smoke.running.launched import Starting
from smoke.running.session import Session
from smoke.settings import Settings
from smoke.target import Target

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from smoke.running.stand_in import StandIn


def begun_again(begun: Begun, cases: Iterable[Check], target: Target, settings: Settings) -> Begun:
    """Return the beginning of a session that runs ``cases``, with the driver and the plan of a clean run's."""
    assert isinstance(begun.starting, Starting), "there are journeys on the tape, so there was a browser"
    planned = replace(begun.plan, checks=tuple(cases))
    known: Future[Target] = Future()
    known.set_result(target)
    return Begun(planned, known, starting(begun.starting.driver, planned, known, settings))


def cases_by_journey(pairs: Iterable[tuple[str, Check]]) -> Mapping[str, tuple[Check, ...]]:
    """Return what comes in the place of each journey; ``pairs`` are of its id and one case."""
    cases: dict[str, tuple[Check, ...]] = {}
    for journey, case in pairs:
        cases[journey] = (*cases.get(journey, ()), case)
    return cases


def take_over(
    session: Session, drill: DrillCases, stand_ins: Mapping[str, StandIn], scripts: Mapping[str, str]
) -> None:
    """Let ``session`` run ``drill`` in place of its journeys; by case, who answers it, and what its pages run first."""
    session.drill = drill
    session.guard.stand_ins = stand_ins
    session.broker = open_broker(session.run_id)
    session.broker.pause = session.pause

    def prepare(context: BrowserContext, check: Check) -> None:
        if script := scripts[check.id]:
            context.add_init_script(script)

    session.prepare = prepare
