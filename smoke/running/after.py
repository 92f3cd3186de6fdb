"""What follows a verdict: the document, history, sinks. None of it can change the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from smoke.bundle import good
from smoke.bundle.bad import FOLDER, is_bad
from smoke.config.cron_schedule import Schedule
from smoke.config.monitoring import Monitoring
from smoke.history.errors import HistoryError
from smoke.history.opening import history_store
from smoke.history.runs import History
from smoke.judging.judged import Run
from smoke.judging.noise import in_force
from smoke.planning.plan import Plan
from smoke.reporting import document
from smoke.reporting.allure_probes import write_missing
from smoke.reporting.allure_results import Around, explain, runbook_of
from smoke.running import alerting
from smoke.running.announcing import Announcer
from smoke.running.heartbeat import heartbeat_of
from smoke.running.part import Part, write_part
from smoke.running.reports import ALLURE
from smoke.running.scheduled import Aim, schedule_of
from smoke.running.session import Session
from smoke.settings import Settings
from smoke.storage.sqlite import SqliteFile

Say = Callable[[str], None]
LONGEST_AFTERMATH_S = 60.0


def before(session: Session, settings: Settings, say: Say) -> None:
    """Tell history and heartbeat that a run began, and ``say`` of earlier ones that vanished without a verdict.

    A part of a run is not heard of before it is joined; like any other it learns what earlier runs were like.
    """
    planned = session.plan
    schedule = None
    if not settings.is_part:
        schedule = schedule_of(Aim.of(planned), settings.region, settings.root, say)
        session.heartbeat = heartbeat_of(planned.point_name, schedule, settings.environ)
    if session.heartbeat is not None:
        session.scrubber.learn(session.heartbeat.url.reveal())
        session.heartbeat.start()
    store = history_store(settings)
    try:
        history = History(store)
        if isinstance(store, SqliteFile):
            session.shelf = good.shelf_of(store.path.parent, planned.suite.name, planned.environment_name)
            session.good = good.read(session.shelf)
        session.took = history.durations(planned.suite.name, planned.environment_name)
        if not settings.is_part:
            _begin(history, session, schedule, settings.region, say)
    except HistoryError as error:
        say(f"history: {error}")


def _begin(history: History, session: Session, schedule: Schedule | None, region: str, say: Say) -> None:
    planned = session.plan
    for lost in history.vanished(session.started):
        began = datetime.fromtimestamp(lost.started, UTC).isoformat(timespec="seconds")
        say(f"history: the run of {lost.suite} in {lost.environment} that began at {began} vanished: no verdict")
        history.finish(lost.run_id)
    history.begin(
        session.run_id,
        suite=planned.suite.name,
        environment=planned.environment_name,
        execution_point=planned.point_name,
        region=region,
        started=session.started,
        due=session.started + planned.point.timeout_s + LONGEST_AFTERMATH_S,
        slot=schedule.latest(session.started) if schedule else None,
    )


def modules(planned: Plan, told: Monitoring, settings: Settings) -> tuple[str, ...]:
    """Return what telling those of ``told`` will import."""
    alerts = alerting.LOADS if alerting.concerns(settings.root, planned.point_name) else ()
    return (*told.modules(planned.environment_name, settings.environ), *alerts)


def given_up(session: Session, settings: Settings, say: Say) -> None:
    """Note in the history that a run ended before it looked at anything: there is no verdict to keep."""
    try:
        History(history_store(settings)).finish(session.run_id)
    except HistoryError as error:
        say(f"history: {error}")


def after(run: Run, session: Session, told: Monitoring, settings: Settings, say: Say) -> tuple[str, ...]:
    """Record ``run`` and tell those of ``told``, telling ``say`` what did not work; return the files that were left."""
    left = [document.write(run, settings.reports)]
    pages = bundles(run, session, settings, say)
    left += pages.values()
    for unexplained in allure_results(run, session, _around(session, told, settings, pages), settings):
        say(unexplained)
    if settings.is_part:
        left.append(write_part(_part(run, session, settings), settings.reports))
        origin = settings.origins["part_of" if settings.part_of is not None else "shard"]
        say(f"a part of a run ({origin}): nobody is told, and no history has it, before `smoke report merge`")
    else:
        announcer = Announcer(monitoring=told, settings=settings, scrubber=session.scrubber, say=say)
        announcer.announce(run, session.plan.point.flaky, session.heartbeat)
        store = history_store(settings)
        left += [store.path] if isinstance(store, SqliteFile) and store.path.is_file() else []
    extra = ("metrics.jsonl", ALLURE, "attempts")
    left += [settings.reports / name for name in extra if (settings.reports / name).exists()]
    return tuple(settings.shown(path) for path in left)


def allure_results(run: Run, session: Session, around: Around, settings: Settings) -> Iterator[str]:
    """Complete and explain what Allure's report is built from; yield what prevents that."""
    folder = settings.reports / ALLURE
    if folder.is_dir():
        try:
            write_missing(run, session.plan, folder)
        except (OSError, ValueError) as error:
            yield f"Allure's results are not complete: {error}"
        if unexplained := explain(run, folder, around):
            yield unexplained


def _around(session: Session, told: Monitoring, settings: Settings, pages: Mapping[str, Path]) -> Around:
    noise = in_force(session.plan.suite.noise, session.today, session.target.contract)
    runbook = runbook_of(settings.root, told.links.or_of_github(settings.environ))
    return Around(pages=pages, noise=noise, runbook=runbook, environ=settings.environ)


def bundles(run: Run, session: Session, settings: Settings, say: Say) -> dict[str, Path]:
    """Write a page for each bad check, and keep what is good of the others; return the pages by check."""
    pages: dict[str, Path] = {}
    try:
        if any(map(is_bad, run.results)) or (settings.reports / FOLDER).is_dir():
            from smoke.bundle.writing import Bundles

            pages = Bundles(
                run=run,
                reports=settings.reports,
                scrubber=session.scrubber,
                good=session.good,
                shelf=session.shelf or settings.reports,
            ).write()
        if session.shelf is not None:
            good.keep(run, session.albums, session.shelf, session.scrubber)
    except Exception as error:  # noqa: BLE001 - it explains a verdict, and must never stand in its way
        say(f"failure pages: {type(error).__name__}: {error}")
    return pages


def _part(run: Run, session: Session, settings: Settings) -> Part:
    planned = session.plan
    return Part(
        of=settings.part_of or "",
        shard=settings.shard,
        planned=planned.whole or planned.checks,
        point=planned.point,
        interruption=session.interruption,
        run=run,
    )
