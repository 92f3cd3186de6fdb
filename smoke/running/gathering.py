"""Probes of a run that needs no pytest for them: begun before it, gathered after it."""

from __future__ import annotations

from collections.abc import Iterable

from smoke.judging.judged import CheckResult, Interruption
from smoke.model import CheckKind
from smoke.reporting.allure_probes import write
from smoke.running.reports import ALLURE
from smoke.running.session import Session


def begin_probes(session: Session) -> None:
    """Begin with every planned probe; returns immediately."""
    planned = {check.id for check in session.plan.checks}
    session.probes.start(probe for probe in session.plan.suite.probes if probe.id in planned)


def gather_probes(session: Session) -> None:
    """Wait for what the probes saw, and keep it; of an interrupted run, what there is."""
    seen: list[CheckResult] = []
    try:
        try:
            for check in session.plan.checks:
                interrupted = session.interruption is not None and not session.probes.is_done(check.id)
                if check.kind is CheckKind.PROBE and not interrupted:
                    seen.append(session.observed(session.probes.result(check.id)))
        finally:
            _write(seen, session)
    except KeyboardInterrupt:
        session.interruption = Interruption(reason="interrupted", decides=True)
    except OSError as error:
        session.troubles.append(f"Allure's results cannot be written: {error.strerror or error}")


def _write(results: Iterable[CheckResult], session: Session) -> None:
    """Write results for Allure, when all are there: a file that is opened beside the probes waits for their thread."""
    for result in results:
        write(result, session.plan, session.target.base_url, session.reports / ALLURE)
