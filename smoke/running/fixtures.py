"""Fixtures for journeys. ``e2e/conftest.py`` imports them, which puts them before pytest-playwright's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from smoke.browser import launch_options
from smoke.running.journey import Journey
from smoke.running.listeners import Listeners
from smoke.running.session import Session
from smoke.running.session_plugin import CHECK, JOURNEY, LISTENERS, RECORD, SESSION
from smoke.running.watch import Watch

NAVIGATION_MS = 10_000.0


@pytest.fixture(scope="session")
def smoke_session(pytestconfig: pytest.Config) -> Session:
    """The run that this journey belongs to."""
    return pytestconfig.stash[SESSION]


@pytest.fixture(scope="session")
def base_url(smoke_session: Session) -> str:
    """Address of the target."""
    return smoke_session.target.base_url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], smoke_session: Session) -> dict[str, Any]:
    """Start the browser that was found, quietly."""
    choice = smoke_session.browser
    return {**(launch_options(choice) if choice else {}), **browser_type_launch_args}


@pytest.fixture(scope="session")
def playwright(smoke_session: Session) -> Iterator[Playwright]:
    """The driver: the run's own, or one that is started here."""
    if smoke_session.launched:
        yield smoke_session.launched.playwright
        return
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(smoke_session: Session, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for the run: the run's own, or one that is started here with pytest's options."""
    expect.set_options(timeout=smoke_session.target.timeout_ms)
    if smoke_session.launched:
        smoke_session.browser_version = smoke_session.launched.browser.version
        yield smoke_session.launched.browser
        return
    browser = request.getfixturevalue("launch_browser")()
    smoke_session.browser_version = browser.version
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Resolve relative addresses below the target's own path."""
    return {**browser_context_args, "base_url": f"{base_url}/"}


@pytest.fixture
def context(new_context: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> BrowserContext:
    """A fresh context for each attempt, with listeners on it and a trace running."""
    session: Session = request.config.stash[SESSION]
    context = new_context()
    context.set_default_timeout(session.target.timeout_ms)
    context.set_default_navigation_timeout(max(NAVIGATION_MS, session.target.timeout_ms))
    watch = Watch(target=session.target, rules=session.plan.suite.about.page, learn=session.scrubber.learn)
    listeners = Listeners(target=session.target, watch=watch)
    listeners.attach(context)
    request.node.stash[LISTENERS] = listeners
    if request.config.getoption("--tracing") == "off":
        context.tracing.start(snapshots=True, screenshots=False, sources=False)
    return context


@pytest.fixture
def journey(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Journey]:
    """What a journey is given besides its page."""
    session: Session = request.config.stash[SESSION]
    journey = Journey(
        check=request.node.stash[CHECK],
        target=session.target,
        context=context,
        scrubber=session.scrubber,
        listeners=request.node.stash[LISTENERS],
        record=request.node.stash[RECORD],
        codes=session.codes,
    )
    request.node.stash[JOURNEY] = journey
    yield journey
    for cleanup in reversed(journey.cleanups):
        cleanup()
