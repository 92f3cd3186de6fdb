"""One run from settings to a judged :class:`~smoke.model.Run`."""

from __future__ import annotations

import platform
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from smoke import __version__
from smoke.accounts.answers import login_requests
from smoke.accounts.ledger import ledger_path
from smoke.accounts.opening import open_broker
from smoke.browser import BrowserMissing, find_browser
from smoke.config.places import SUITES, journeys_of
from smoke.config.schema import EMBEDDED
from smoke.firewall import scrubbed
from smoke.judge import judge_check, judge_run
from smoke.lost import discounted
from smoke.model import CheckKind, Run
from smoke.offline import excused, needs_control
from smoke.running.clients import guarded_clients
from smoke.running.clock import Clocks, jump
from smoke.running.control import reachable
from smoke.running.guard import guard_of
from smoke.running.launch import Begun, launched
from smoke.running.probes import probe_runner
from smoke.running.reports import publish
from smoke.running.session import Progress, Session
from smoke.running.spares import Contexts, Spares
from smoke.running.target import origin_of
from smoke.secret import Scrubber
from smoke.settings import Settings
from smoke.supervisor import owner
from smoke.workfolder import work_folder

OWN_PLUGINS = ("pytest_playwright.pytest_playwright", "allure_pytest.plugin", "smoke.running.plugin")
"""All that a run needs of what is installed; others are named on the command line or by the project's own settings."""


@contextmanager
def open_session(begun: Begun, settings: Settings, progress: Progress) -> Iterator[Session]:
    """Find the browser, wait for the target and yield the run's session; raises ConfigError or BrowserMissing.

    With a driver the browser is launched here; else by pytest-playwright's fixtures, with its own options.
    """
    planned, driver = begun.plan, begun.driver
    journeys = any(check.kind is CheckKind.JOURNEY for check in planned.checks)
    with ExitStack() as stack:
        try:
            choice = find_browser(settings.browser, settings.environ, headed=settings.headed) if journeys else None
        except BrowserMissing:
            begun.target.result()  # what is wrong with the configuration is told first
            raise
        browser = (
            stack.enter_context(launched(driver, choice, headed=settings.headed, slowmo_ms=settings.slowmo))
            if driver and choice
            else None
        )
        target = begun.target.result()
        work = stack.enter_context(work_folder(owner()))
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        scrubber = Scrubber(target.secrets)
        guard = guard_of(planned, target, run_id)
        if journeys:
            stack.enter_context(guarded_clients(guard))
        login = planned.suite.about.login
        written, address = planned.environment.base_url, target.base_url
        if login and login.base:
            written, address = planned.environment.urls[login.base], target.urls[login.base]
        elif settings.base_url:
            written = settings.base_url
        broker = stack.enter_context(
            open_broker(
                origin=origin_of(address),
                users=tuple(account.user for account in target.accounts.values()),
                passwords={account.user: account.password for account in target.accounts.values()},
                run_id=run_id,
                left_s=planned.point.timeout_s,
                path=None if written.startswith(EMBEDDED) else ledger_path(settings.environ),
            )
        )
        requests = login_requests(login, address)
        contexts = Contexts(guard, planned.suite.about.page, scrubber.learn, requests, broker.clock, scrubber.text)
        spares = Spares(contexts, browser.browser if browser else None)
        probes = probe_runner(planned, target, guard, broker, run_id, scrubber.learn)
        stack.callback(probes.stop)
        session = Session(
            plan=planned,
            target=target,
            browser=choice,
            spares=spares,
            guard=guard,
            broker=broker,
            launched=browser,
            workers=1 if settings.headed or settings.slowmo else settings.workers,
            reports=work,
            run_id=run_id,
            probes=probes,
            scrubber=scrubber,
            today=datetime.now(UTC).date(),
            progress=progress,
            expected_build=settings.expect_build,
        )
        spares.open_first()
        yield session


def run_checks(session: Session, settings: Settings, pytest_args: Sequence[str]) -> None:
    """Run the planned checks under pytest; what they showed is in ``session`` afterwards."""
    import pytest

    from smoke.running.broken import Broken
    from smoke.running.outputs import KeptBack
    from smoke.running.printed import scrubbed_prints
    from smoke.running.session_plugin import Quiet, SessionPlugin

    places = {
        CheckKind.JOURNEY: journeys_of(settings.root, settings.suite),
        CheckKind.PROBE: settings.root / SUITES / settings.suite / "checks.yaml",
    }
    planned = {check.kind for check in session.plan.checks}
    arguments = [
        *(str(place) for kind, place in places.items() if kind in planned),
        f"--rootdir={settings.root}",
        f"--alluredir={session.reports / 'allure-results'}",
        f"--output={session.reports / 'test-results'}",
        f"--browser={settings.browser}",
        f"--slowmo={settings.slowmo}",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        *(["--headed"] if settings.headed else []),
        *(pytest_args or ("--disable-plugin-autoload", *(f"-p{name}" for name in OWN_PLUGINS))),
    ]
    sys.path.insert(0, str(settings.root))  # the project's own page objects, before any that are installed
    kept = KeptBack(session.reports)
    try:
        with scrubbed_prints(session.scrubber):
            code = pytest.main(arguments, plugins=[kept, SessionPlugin(session), Quiet(), Broken(session.troubles)])
    except Exception as error:  # noqa: BLE001 - whatever breaks pytest itself must end in a verdict
        session.troubles.append(f"pytest broke: {type(error).__name__}: {error}")
        return
    finally:
        session.troubles += kept.publish(session.scrubber)
    session.troubles += session.probes.clean_up()
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        session.troubles.append(f"pytest ended with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")


def conclude(session: Session, settings: Settings) -> Run:
    """Judge everything that ``session`` saw."""
    planned = session.plan
    session.troubles += publish(session.reports, settings.reports, session.scrubber)
    session.troubles += session.guard.troubles()
    if session.expected_build and not session.builds:
        session.troubles.append(f"nothing showed its build, so {session.expected_build} is not verified")
    if jumped := jump(session.clocks, Clocks()):
        session.troubles.append(jumped)
    if lost := session.target.lost():
        session.troubles.insert(0, lost)
        session.observations = {name: discounted(each, lost) for name, each in session.observations.items()}
    _excuse(session)
    results = tuple(
        judge_check(check, session.observations.get(check.id), session.interruption) for check in planned.checks
    )
    judgement = judge_run(results, planned.point, interruption=session.interruption, troubles=tuple(session.troubles))
    run = Run(
        run_id=session.run_id,
        suite=planned.suite.name,
        environment=planned.environment_name,
        execution_point=planned.point_name,
        region=settings.region,
        browser=settings.browser,
        base_url=session.target.base_url,
        started=session.started,
        finished=time.time(),
        verdict=judgement.verdict,
        passed=judgement.passed,
        action=judgement.action,
        reason=judgement.reason,
        failed_category=judgement.failed_category,
        results=results,
        target_s=planned.point.target_s,
        timeout_s=planned.point.timeout_s,
        expected_build=settings.expect_build,
        builds=tuple(sorted(session.builds)),
        versions={
            "smoke": __version__,
            "playwright": version("playwright"),
            "browser": session.browser_version,
            "python": platform.python_version(),
        },
        config_sha256=planned.suite.sha256,
        safety=session.guard.receipt(),
        troubles=tuple(session.troubles),
        given_url=settings.base_url,
    )
    return scrubbed(run, session.scrubber)


def _excuse(session: Session) -> None:
    """Blame this runner for failures of the network where nobody else can be reached from it either."""
    addresses = (session.target.base_url, *session.target.urls.values())
    controls = session.plan.environment.controls
    if needs_control(tuple(session.observations.values()), addresses) and not reachable(controls):
        why = f"this runner reaches neither the target nor {', '.join(controls)}"
        session.observations = {name: excused(each, why) for name, each in session.observations.items()}
