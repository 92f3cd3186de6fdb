"""Fixtures of journeys: below ``e2e/`` they take the place of pytest-playwright's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options
from smoke.browser.server import VARIABLE as SERVER
from smoke.browser.starting import start
from smoke.judging.retry import surely_last
from smoke.running.journey import Journey
from smoke.running.scope import LISTENING
from smoke.running.stash import CHECK, JOURNEY, RECORD, SESSION

if TYPE_CHECKING:
    from smoke.running.camera import Camera
    from smoke.running.session import Session


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
    """Start the browser that was found, quietly; or another one where a window is wanted that it cannot show."""
    choice = smoke_session.browser
    if choice and choice.origin is not Origin.CONFIGURED and browser_type_launch_args.get("headless") is False:
        choice = find_browser(choice.name, headed=True)
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
    from smoke.running.elsewhere import look_around

    choice = smoke_session.browser
    if choice and choice.server:
        browser = _elsewhere(choice, smoke_session, request)
    else:
        browser = request.getfixturevalue("launch_browser")()
    smoke_session.spares.adopt(browser)
    smoke_session.browser_version = browser.version
    yield browser
    look_around(smoke_session, connected=browser.is_connected())
    browser.close()


def _elsewhere(choice: BrowserChoice, session: Session, request: pytest.FixtureRequest) -> Browser:
    option = request.config.option
    if option.headed or option.browser_channel:
        text = "--headed and --browser-channel are about a browser that is started here"
        raise BrowserMissing(f"{text}: leave them out, or unset {SERVER}")
    driver = request.getfixturevalue("playwright")
    return start(driver, choice, session.target.own_ports, slow_mo=option.slowmo)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], smoke_session: Session) -> dict[str, Any]:
    """Resolve relative addresses below the target's own path."""
    return {**browser_context_args, **smoke_session.spares.contexts.arguments}


@pytest.fixture
def context(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh context with one page for each attempt, with listeners on it and a trace running."""
    session: Session = request.config.stash[SESSION]
    spares = session.spares
    marked = request.node.get_closest_marker("browser_context_args")
    options = {**browser_context_args, **(marked.kwargs if marked else {})}
    opened = spares.take(options)
    listeners = opened.listeners if opened else spares.contexts.listeners()
    listeners.asker.check_id, listeners.asker.runs = request.node.stash[CHECK].id, True
    LISTENING.set(listeners)
    context = opened.context if opened else _opened(request)
    session.prepare(context, request.node.stash[CHECK])
    if request.config.getoption("--tracing") == "off" and session.drill is None:
        _start_trace(context, session, request)
    request.node.stash[JOURNEY] = Journey(
        check=request.node.stash[CHECK],
        target=session.target_of(request.node.stash[CHECK].id),
        context=context,
        scrubber=session.scrubber,
        listeners=listeners,
        record=request.node.stash[RECORD],
        broker=session.broker,
        guard=session.guard,
        camera=_camera(session, context, request),
        between_steps=spares.prepare,
        options=options,
    )
    yield context
    LISTENING.set(None)
    listeners.asker.runs = False
    if opened:
        spares.give_back(opened)


def _opened(request: pytest.FixtureRequest) -> BrowserContext:
    context: BrowserContext = request.getfixturevalue("new_context")()
    context.new_page()
    return context


def _camera(session: Session, context: BrowserContext, request: pytest.FixtureRequest) -> Camera:
    from smoke.running.camera import Camera

    check, record = request.node.stash[CHECK], request.node.stash[RECORD]
    camera = Camera(context, session.scrubber, record, session.is_photographed(check.id, record.number))
    if camera.is_on and record.number > 1:  # what passes is slow enough with a picture of each step
        from smoke.running.shutter import watch

        watch(context, camera)
    return camera


def _start_trace(context: BrowserContext, session: Session, request: pytest.FixtureRequest) -> None:
    """Record what a failure will be explained with: what its page showed, too, unless another attempt may do that.

    These pictures cost a tenth of a whole run, for passing journeys as well. A first failure that is not tried again,
    as a 404, has actions, console, network log and screenshot.
    """
    check = request.node.stash[CHECK]
    may_write = not check.repeatable and session.guard.permissions.may_write(check)
    retry = session.retry_of(check.id)
    last = surely_last(retry, request.node.stash[RECORD].number, may_write=may_write)
    context.tracing.start(snapshots=last, screenshots=False, sources=False)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The page that the context was opened with."""
    return context.pages[0]


@pytest.fixture
def journey(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Journey]:  # noqa: ARG001
    """What a journey is given besides its page."""
    journey: Journey = request.node.stash[JOURNEY]
    yield journey
    failed: list[BaseException] = []
    for cleanup in reversed(journey.cleanups):
        try:
            cleanup()
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - raised when the others are done
            failed.append(error)
    if failed:
        raise failed[0] if len(failed) == 1 else BaseExceptionGroup("errors while tidying up", failed)
