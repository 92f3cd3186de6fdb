"""Runs one journey: attempt by attempt, with its account to itself."""

from __future__ import annotations

import contextlib
import random

import pytest
from _pytest.runner import call_and_report

from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.judging.clues import noted
from smoke.judging.confirming import doubted
from smoke.judging.retry import not_repeated, wait_before_next
from smoke.model import Blame, Check
from smoke.observation import Attempt, Finding, Observation
from smoke.running.record import Record
from smoke.running.session import Session
from smoke.running.stash import CHECK, KEPT_OUT, RECORD


def run_journey(session: Session, item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run ``item`` as often as its outcome asks for, and put what was seen into ``session``."""
    check = item.stash[CHECK]
    with contextlib.ExitStack() as stack:
        attempts = _attempts(session, item, nextitem, _lease(session, check, stack))
    if attempts:
        session.observed(Observation(check_id=check.id, attempts=tuple(attempts)))


def _attempts(
    session: Session, item: pytest.Item, nextitem: pytest.Item | None, kept_out: Exception | None
) -> list[Attempt]:
    check = item.stash[CHECK]
    attempts: list[Attempt] = []
    wait: float | None = 0.0
    while wait is not None and session.interruption is None:
        if wait:
            session.pause(wait)
        item.stash[KEPT_OUT] = kept_out or _before_login(session, check)
        record = item.stash[RECORD] = Record(number=len(attempts) + 1)
        wait = _attempt(session, item, nextitem, record)
        told = {each.rule for each in record.findings}
        record.findings += [each for each in session.guard.findings(check.id) if each.rule not in told]
        if session.interruption is None:
            if not record.looked and not record.findings:
                rule = f"{check.id} runs to its end: it was skipped before it began"
                record.findings.append(Finding(rule=rule, blame=Blame.HARNESS))
            if not record.looked and check.account:
                session.broker.no_login(session.user_of(check))
            attempts.append(record.attempt())
    if attempts and (wait is not None or record.number > len(attempts)):
        attempts[-1] = doubted(attempts[-1])  # nobody looked again, or was let look to the end
    return attempts


def _lease(session: Session, check: Check, stack: contextlib.ExitStack) -> Exception | None:
    """Keep the journey's account to it for as long as ``stack`` is open; return what prevents that."""
    if check.account is None:
        return None
    try:
        stack.enter_context(session.broker.lease(session.user_of(check)))
    except (AccountUnavailableError, LedgerError) as error:
        return error
    return None


def _before_login(session: Session, check: Check) -> Exception | None:
    """Wait until the journey's account may sign in; return what prevents that."""
    if check.account is None:
        return None
    try:
        session.broker.before_login(session.user_of(check))
    except (AccountUnavailableError, LedgerError) as error:
        return error
    return None


def _attempt(session: Session, item: pytest.Item, nextitem: pytest.Item | None, record: Record) -> float | None:
    """Run the phases of one attempt; return the seconds to wait before another, or None."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    item._initrequest()  # type: ignore[attr-defined]
    wait = None
    if call_and_report(item, "setup", log=True).passed:
        report = call_and_report(item, "call", log=True)
        if report.failed and not record.findings:  # what other plugins found, such as expect.soft
            said = session.scrubber.text(report.longreprtext).strip().splitlines() or ["failed"]
            record.findings.append(Finding(rule=said[-1], blame=Blame.ASSERTION))
        settled, retry = session.settled, session.retry_of(item.stash[CHECK].id)
        tried, written = record.attempt(), session.guard.never_again(item.stash[CHECK])
        wait = wait_before_next(retry, tried, random.random(), settled, written)  # noqa: S311 - jitter
        if why := not_repeated(retry, tried, written, settled):
            record.findings, record.unrepeated = list(noted(record.findings, why)), written
    stopping = bool(item.session.shouldstop or item.session.shouldfail)
    # Before another attempt only the item itself is torn down: what is its parent's stays.
    following = None if stopping else nextitem if wait is None else item.parent
    call_and_report(item, "teardown", log=True, nextitem=following)
    item._request = False  # type: ignore[attr-defined]
    item.funcargs = None  # type: ignore[attr-defined]
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return wait
