"""Judges one attempt at a journey from everything that was gathered, and keeps the evidence of what is bad."""

from __future__ import annotations

from dataclasses import replace

from smoke.accounts.answers import refusal
from smoke.accounts.errors import LedgerError
from smoke.answers.pages import judge_visit
from smoke.judging.blame import judge_edge, limits_told
from smoke.judging.clues import circles, clues, supported
from smoke.judging.findings import findings_of
from smoke.judging.noise import accept, judge_signals
from smoke.model import Blame, Check
from smoke.observation import Finding
from smoke.reporting import allure_labels
from smoke.running.evidence import capture
from smoke.running.failure import finding_of, scrub_exception
from smoke.running.gone import browser_gone
from smoke.running.journey import Journey
from smoke.running.logins import logins_seen, note_logins, said_by
from smoke.running.record import Record
from smoke.running.remeasuring import circumstances, remeasure
from smoke.running.scenery import keep_scene
from smoke.running.session import Session


def close_attempt(
    session: Session, check: Check, record: Record, journey: Journey | None, error: BaseException | None
) -> list[Finding]:
    """Put into ``record`` what is wrong with the attempt, and return it.

    ``error`` is what ended it early. Without a ``journey`` it never asked for a page.
    """
    record.looked = True
    if error is not None:
        scrub_exception(error, session.scrubber)
    if journey is None:
        failure: Finding | None = _idle(check) if error is None else finding_of(error)
        record.findings += findings_of(failure, session.guard.findings(check.id), record.measurements)
    else:
        if journey.listeners.unscripted:
            session.guard.excuse(check.id)
        failure, untold = _failure_of(journey, error)
        if gone := browser_gone(journey.context):
            missed = (failure.rule,) if failure else ()
            record.findings += [Finding(rule=gone, blame=Blame.HARNESS, evidence=missed), *untold]
            return record.findings
        if failure is None and not journey.listeners.asked:
            failure = _idle(check)
        besides = _besides(session, record, journey, whole=failure is None)
        under = circumstances(session, record, journey)
        for broken in journey.listeners.broken[:1]:
            failure = _of_handler(session, broken, failure)
        found = findings_of(failure, (*besides, *untold), record.measurements, under)
        told = (
            *limits_told(tuple(journey.listeners.answers)),
            *clues(journey.listeners.trail.hops, journey.listeners.console),
        )
        record.findings += supported(found, told)
        if record.findings and session.drill is None:
            folder = session.reports / "attempts" / f"{check.id}-{record.number}"
            record.artifacts += capture(journey, folder, session.reports)
            record.artifacts += keep_scene(session, journey, folder)
        if not record.findings and record.number == 1:
            journey.camera.look("at the end")
            session.albums[check.id] = journey.camera.snaps
    allure_labels.attach(record, session.reports)
    return record.findings


def _idle(check: Check) -> Finding:
    rule = f"{check.id} asks the target, but ended without a single request"
    return Finding(rule=rule, blame=Blame.HARNESS)


def _failure_of(journey: Journey, error: BaseException | None) -> tuple[Finding | None, tuple[Finding, ...]]:
    """Return why the journey failed: an edge before a refused login before its error; and what cannot be kept of it."""
    answers = tuple(journey.listeners.answers)
    failure = None if error is None else finding_of(error, answers, journey.listeners.waiting.waits())
    edge = judge_edge((*answers, *journey.listeners.challenges), failure)
    if edge is not None:
        return edge, ()  # an edge says nothing of the account
    seen = logins_seen(journey)
    untold: tuple[Finding, ...] = ()
    try:
        note_logins(journey, seen, said_by(error))
    except LedgerError as trouble:
        untold = (finding_of(trouble),)
    refused = refusal(journey.account.user, seen) if seen else None
    return refused or failure, untold


def _of_handler(session: Session, error: BaseException, failure: Finding | None) -> Finding:
    """Return what went wrong in a handler of the journey, whose ``failure`` may follow from that.

    The target is at fault only where the handler looked, and saw something else, or found nobody there.
    """
    if failure is not None and failure.blame in {Blame.ACCOUNT, Blame.EDGE_BLOCKED}:
        return failure
    scrub_exception(error, session.scrubber)
    found = finding_of(error)
    if found.blame is Blame.ASSERTION and not isinstance(error, AssertionError):
        found = replace(found, blame=Blame.HARNESS)
    missed = (failure.rule,) if failure else ()
    return replace(found, evidence=(*found.evidence, *missed))


def _besides(session: Session, record: Record, journey: Journey, *, whole: bool) -> tuple[Finding, ...]:
    """Return what the pages did unasked, what they show, and what the guard stopped; slow ones of a ``whole`` attempt
    are loaded again before they are judged."""
    terms = (session.plan.suite.noise, session.today, session.target.contract)
    journey.listeners.visiting.look()  # first: a page that crashed says so by the time it was asked
    record.signals = accept(journey.signals(), *terms)
    by_signals = judge_signals(journey.check.id, record.signals, *terms)
    visit = journey.listeners.visiting.visit()
    session.builds.take(*visit.builds)
    visit = remeasure(session, record, journey, visit, whole=whole)
    rules, under = session.page_rules_of(journey.check.id), circumstances(session, record, journey)
    by_pages = judge_visit(visit, rules, session.expected_build, under)
    by_hops = circles(journey.listeners.trail.hops)
    return (*by_signals, *by_pages, *by_hops, *session.guard.findings(journey.check.id))
