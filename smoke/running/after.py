"""What follows a verdict: the document, history, sinks. None of it can change the verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from smoke.history import History, HistoryError
from smoke.history.opening import history_store
from smoke.history.pruning import prune
from smoke.judged import Run
from smoke.reporting import document
from smoke.reporting.allure_results import explain
from smoke.running.alerting import Alarm, Telling
from smoke.running.session import Session
from smoke.running.telling import tell
from smoke.settings import Settings
from smoke.sinks.bulletin import bulletin_of
from smoke.storage.keep import keep_s
from smoke.storage.sqlite import SqliteFile

Say = Callable[[str], None]
LONGEST_AFTERMATH_S = 60.0
LONGEST_PRUNING_S = 0.1
"""What it does not reach, the next run does."""


def before(session: Session, settings: Settings, say: Say) -> None:
    """Note in the history that a run began, and tell ``say`` of earlier ones that vanished without a verdict."""
    try:
        history = History(history_store(settings))
        for lost in history.vanished(session.started):
            began = datetime.fromtimestamp(lost.started, UTC).isoformat(timespec="seconds")
            say(f"history: the run of {lost.suite} in {lost.environment} that began at {began} vanished: no verdict")
            history.finish(lost.run_id)
        session.took = history.durations(session.plan.suite.name, session.plan.environment_name)
        history.begin(
            session.run_id,
            suite=session.plan.suite.name,
            environment=session.plan.environment_name,
            execution_point=session.plan.point_name,
            started=session.started,
            due=session.started + session.plan.point.timeout_s + LONGEST_AFTERMATH_S,
        )
    except HistoryError as error:
        say(f"history: {error}")


def given_up(session: Session, settings: Settings, say: Say) -> None:
    """Note in the history that a run ended before it looked at anything: there is no verdict to keep."""
    try:
        History(history_store(settings)).finish(session.run_id)
    except HistoryError as error:
        say(f"history: {error}")


def after(run: Run, session: Session, settings: Settings, say: Say) -> tuple[str, ...]:
    """Record and deliver ``run``, telling ``say`` what did not work; return the files that were left."""
    left = [document.write(run, settings.reports)]
    if (unexplained := explain(run, settings.reports / "allure-results")) is not None:
        say(unexplained)
    store, earlier = history_store(settings), None
    try:
        history = History(store)
        earlier = history.verdict_before(run)
        history.record(run)
        if (keep := keep_s(settings.environ)) is not None:
            prune(store, run.finished - keep, seconds=LONGEST_PRUNING_S)
        left += [store.path] if isinstance(store, SqliteFile) else []
    except HistoryError as error:
        say(f"history: {error}")
    alarm = Alarm(
        run=run, monitoring=session.plan.suite.monitoring, store=store, settings=settings, scrubber=session.scrubber
    )
    telling = Telling.begun(alarm)
    tell(bulletin_of(run, earlier), session.plan.suite.monitoring, store, settings, say)
    telling.end(say)
    extra = ("metrics.jsonl", "allure-results", "attempts")
    left += [settings.reports / name for name in extra if (settings.reports / name).exists()]
    return tuple(settings.shown(path) for path in left)
