"""The clean run of a drill: everything as in a normal run, and every answer kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoke.answers.exchange import Request
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult
from smoke.model import Check, Outcome
from smoke.planning.plan import Plan
from smoke.proof.drill import Basis
from smoke.proof.looking import Looking
from smoke.proof.tape import Tape
from smoke.reporting.progress import Progress
from smoke.running.launch import Begun
from smoke.running.opening import open_session
from smoke.running.run import run_checks
from smoke.running.session import Session
from smoke.safety import READS
from smoke.settings import Settings
from smoke.target import Target

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Response

MARK = "smoke clicked "
CLICKS = f"""addEventListener('click', event => {{
  const on = event.target.closest && event.target.closest('a, button, input, select, summary, label');
  console.debug('{MARK}' + (on || event.target).tagName);
}}, true)"""
"""Lets pages say what is clicked: nothing else of a click can be seen from outside."""


class NotCleanError(Exception):
    """The clean run was not green; its text says which checks, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """What the clean run left."""

    plan: Plan
    target: Target
    tape: Tape
    basis: Basis
    """What its probes are drilled on."""
    results: Mapping[str, CheckResult]
    """By check."""
    clicked: Mapping[str, frozenset[str]]
    """By journey, what it clicked, as HTML names it."""
    looking: Looking
    """What its journeys looked at."""
    sockets: frozenset[str]
    """Journeys whose pages opened WebSockets."""
    build: str | None
    """That the target showed to its journeys, where that is looked at."""
    requests: int
    """That the target saw."""


@dataclass(slots=True)
class Recorder:
    """Keeps answers and clicks while a run goes on."""

    tape: Tape = field(default_factory=Tape)
    clicked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    looking: Looking = field(default_factory=Looking)
    sockets: set[str] = field(default_factory=set)
    """Journeys whose pages opened WebSockets."""

    def listen(self, session: Session) -> None:
        """Keep what ``session`` is answered from now on."""
        session.guard.heard, session.prepare = self.tape.record, self._prepare
        session.probes.hear(self.tape.record)

    def _prepare(self, context: BrowserContext, check: Check) -> None:
        def said(message: ConsoleMessage) -> None:
            if message.text.startswith(MARK):
                self.clicked[check.id].add(message.text.removeprefix(MARK))

        def opened(_socket: object) -> None:
            self.sockets.add(check.id)

        def answered(response: Response) -> None:
            if response.request.method not in READS:
                self.tape.amend(_asked(response, check.id), _cookies(response))

        context.add_init_script(CLICKS)
        context.on("console", said)
        context.on("response", answered)
        for page in context.pages:
            page.on("websocket", opened)
        context.on("page", lambda page: page.on("websocket", opened))
        self.looking.follow(context, check.id)


def _asked(response: Response, check_id: str) -> Request:
    return Request(method=response.request.method, url=response.url, check_id=check_id)


def _cookies(response: Response) -> tuple[tuple[str, str], ...]:
    """Return what sets cookies, which the browser keeps from whoever holds its requests up."""
    from playwright.sync_api import Error

    try:
        return tuple((each["name"], each["value"]) for each in response.headers_array() if _sets_cookie(each["name"]))
    except Error:  # the page is gone
        return ()


def _sets_cookie(name: str) -> bool:
    return name.lower() == "set-cookie"


def as_it_is(_session: Session, _tape: Tape) -> None:
    """Leave the answers as they came."""


def run_clean(begun: Begun, settings: Settings, afterwards: Callable[[Session, Tape], None] = as_it_is) -> Clean:
    """Run the planned checks once, then ``afterwards``, and return what was answered.

    Raises NotCleanError unless all of them pass, ConfigError and BrowserMissing as a run does.
    """
    recorder = Recorder()
    with open_session(begun, settings, Progress()) as session:
        values = session.probes.values
        recorder.listen(session)
        with recorder.looking.open():
            run_checks(session, settings, ())
        afterwards(session, recorder.tape)
        requests = session.guard.safety().requests
    if session.interruption is not None and session.interruption.decides:
        raise KeyboardInterrupt
    plan = begun.plan
    results = {
        check.id: judge_check(check, session.observations[check.id])
        for check in plan.checks
        if check.id in session.observations
    }
    bad = [_told(check, results.get(check.id)) for check in plan.checks]
    if told := [*filter(None, bad), *session.troubles]:
        raise NotCleanError(session.scrubber.text("; ".join(told)))
    probes = tuple(probe for probe in plan.suite.probes if probe.id in results)
    for probe in probes:
        if probe.eventually:
            recorder.tape.settle(probe.id)
    basis = Basis(
        suite=plan.suite.name,
        probes=probes,
        checks={check.id: check for check in plan.checks},
        terms=session.probes.terms,
        values=values,
        tape=recorder.tape,
        scrub=session.scrubber.text,
    )
    return Clean(
        plan=plan,
        target=session.target,
        tape=recorder.tape,
        basis=basis,
        results=results,
        clicked={name: frozenset(found) for name, found in recorder.clicked.items()},
        looking=recorder.looking,
        sockets=frozenset(recorder.sockets),
        build=next(iter(session.builds.counts), None) if len(session.builds.counts) == 1 else None,
        requests=requests,
    )


def _told(check: Check, result: CheckResult | None) -> str | None:
    if result is None:
        return f"{check.id} did not run"
    # FLAKY is not enough: the answers of the failed attempt are on the tape, too.
    if result.outcome is Outcome.PASS:
        return None
    return f"{check.id} is {result.outcome} without any fault: {result.reason}"
