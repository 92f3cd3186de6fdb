"""Opens what a run needs: target, browser, accounts, guard, and the session that holds them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime

from smoke.accounts.answers import login_requests
from smoke.accounts.broker import Broker
from smoke.accounts.ledger import ledger_path
from smoke.accounts.opening import open_broker
from smoke.browser.choice import BrowserChoice, BrowserMissing
from smoke.browser.find import find_browser
from smoke.browser.server import server_secrets
from smoke.config.suite_file import EMBEDDED
from smoke.host.supervisor import owner
from smoke.host.workfolder import work_folder
from smoke.model import CheckKind
from smoke.planning.plan import Plan
from smoke.probing.overheard import Overheard
from smoke.reporting.progress import Progress
from smoke.running.clients import guarded_clients
from smoke.running.guard import guard_of
from smoke.running.handlers import kept_apart
from smoke.running.launch import Begun
from smoke.running.launched import Starting, launched
from smoke.running.probes import probe_runner
from smoke.running.session import Session
from smoke.running.spares import Contexts, Spares
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings
from smoke.storage.url import database_secrets, database_url
from smoke.target import Target, origin_of


@contextmanager
def open_session(begun: Begun, settings: Settings, progress: Progress) -> Iterator[Session]:
    """Find the browser, wait for the target and yield the run's session; raises ConfigError or BrowserMissing.

    A browser that was not begun with is launched by pytest-playwright's fixtures, with its own options.
    """
    planned = begun.plan
    journeys = any(check.kind is CheckKind.JOURNEY for check in planned.checks)
    with ExitStack() as stack:
        try:
            choice = _choice(begun, settings)
        except BrowserMissing:
            begun.target.result()  # what is wrong with the configuration is told first
            raise
        starting = begun.starting if isinstance(begun.starting, Starting) else None
        browser = stack.enter_context(launched(starting, headed=settings.headed)) if starting else None
        target = begun.target.result()
        work = stack.enter_context(work_folder(owner()))
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        environ = settings.environ
        scrubber = Scrubber((*target.secrets, *database_secrets(environ), *server_secrets(environ)))
        guard = guard_of(planned, target, run_id)
        if journeys:
            stack.enter_context(guarded_clients(guard))
            stack.enter_context(kept_apart())
        broker = stack.enter_context(_broker(planned, target, settings, run_id))
        login = planned.suite.about.login
        requests = login_requests(login, _login_address(planned, target))
        contexts = Contexts(guard, planned.suite.about.page, scrubber.learn, requests, broker.clock, scrubber.text)
        spares = Spares(contexts)
        overheard, band = Overheard(), settings.runner_band
        probes = probe_runner(planned, target, guard, broker, run_id, scrubber.learn, band, overheard)
        stack.callback(probes.stop)
        session = Session(
            plan=planned,
            target=target,
            browser=choice,
            spares=spares,
            guard=guard,
            broker=broker,
            launched=browser,
            band=band,
            workers=1 if settings.headed or settings.slowmo else settings.workers,
            reports=work,
            run_id=run_id,
            probes=probes,
            overheard=overheard,
            scrubber=scrubber,
            today=datetime.now(UTC).date(),
            progress=progress,
            expected_build=settings.expect_build,
        )
        yield session


def _choice(begun: Begun, settings: Settings) -> BrowserChoice | None:
    """Return the browser that journeys get, None where none is planned; raises BrowserMissing."""
    match begun.starting:
        case Starting(choice=choice):
            return choice
        case BrowserMissing() as missing:
            raise missing
        case None:
            journeys = any(check.kind is CheckKind.JOURNEY for check in begun.plan.checks)
            return find_browser(settings.browser, settings.environ, headed=settings.headed) if journeys else None


def _broker(planned: Plan, target: Target, settings: Settings, run_id: str) -> AbstractContextManager[Broker]:
    """Return the broker of the accounts of ``target``: what the embedded application has, nobody else can have."""
    login, said = planned.suite.about.login, planned.environment
    written = said.urls[login.base] if login and login.base else settings.base_url or said.base_url
    return open_broker(
        origin=origin_of(_login_address(planned, target)),
        users=tuple(account.user for account in target.accounts.values()),
        passwords={account.user: account.password for account in target.accounts.values()},
        run_id=run_id,
        left_s=planned.point.timeout_s,
        path=None if written.startswith(EMBEDDED) else ledger_path(settings.environ),
        url=database_url(settings.environ),
    )


def _login_address(planned: Plan, target: Target) -> str:
    login = planned.suite.about.login
    return target.urls[login.base] if login and login.base else target.base_url
