"""The clean run: everything as it is, and every answer kept. What is not green then proves nothing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from smoke.judge import judge_check
from smoke.judged import CheckResult
from smoke.model import CheckKind, Outcome
from smoke.proof.drill import Stage
from smoke.proof.tape import Tape
from smoke.running.launch import Begun, begin
from smoke.running.opening import open_session
from smoke.running.session import Progress
from smoke.settings import Settings


class NotCleanError(Exception):
    """The clean run was not green; its text says which check, and why."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A clean run, ready to be drilled."""

    stage: Stage
    environment: str
    requests: int
    """What the target was asked, all in all."""


def record(settings: Settings) -> Recorded:
    """Run the planned probes once against the target, and keep their answers.

    Raises ConfigError, and NotCleanError if a probe did not pass at once.
    """
    with ExitStack() as stack:
        session = stack.enter_context(open_session(_of_probes(begin(settings, stack)), settings, Progress()))
        planned = {check.id: check for check in session.plan.checks}
        probes = tuple(probe for probe in session.plan.suite.probes if probe.id in planned)
        tape, values = Tape(), session.probes.values
        session.probes.hear(tape.record)
        session.probes.start(probes)
        results = [judge_check(planned[probe.id], session.probes.result(probe.id)) for probe in probes]
        session.troubles += session.probes.clean_up()
        requests = session.guard.receipt().requests
    if (bad := next((each for each in results if each.outcome is not Outcome.PASS), None)) is not None:
        raise NotCleanError(session.scrubber.text(_told(bad)))
    for probe in probes:
        if probe.eventually is not None:
            tape.settle(probe.id)
    stage = Stage(
        suite=settings.suite,
        probes=probes,
        checks=planned,
        terms=session.probes.terms,
        values=values,
        tape=tape,
        scrub=session.scrubber.text,
    )
    return Recorded(stage, session.plan.environment_name, requests)


def _of_probes(begun: Begun) -> Begun:
    """Leave the journeys out, and with them the browser; raises NotCleanError where nothing else is planned."""
    probes = tuple(check for check in begun.plan.checks if check.kind is CheckKind.PROBE)
    if not probes:
        raise NotCleanError("no probe is planned")
    return replace(begun, plan=replace(begun.plan, checks=probes))


def _told(bad: CheckResult) -> str:
    return f"{bad.check.id} is {bad.outcome} without any fault: {bad.reason}"
