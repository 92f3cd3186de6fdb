"""Starts what a run waits for, side by side: target, driver and browser, and Python's own work on another thread."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.browser.choice import BrowserChoice, BrowserMissing
from smoke.browser.find import find_browser
from smoke.browser.starting import not_started, patience_s, start
from smoke.config.problems import ConfigError, problems_of
from smoke.host.machine import Machine
from smoke.model import CheckKind
from smoke.running.aside import Aside

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from smoke.planning.plan import Plan
    from smoke.settings import Settings
    from smoke.target import Target

NEEDED_SOON = (
    "smoke.running.opening",
    "smoke.running.run",
    "smoke.running.after",
    "pytest",
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "smoke.running.session_plugin",
    "smoke.running.fixtures",
    "smoke.running.crew",
    "smoke.running.abreast",
    "smoke.config.monitoring",
)
NEEDED_LAST = ("smoke.running.concluding", "smoke.reporting.allure_results", "rich.table", "smoke.sinks.delivery")
"""What follows the last check: loaded when the first journeys are under way."""
CLOSE_S = 5.0
DRIVER_CACHE = Path("~/.cache/smoke-harness/node").expanduser()
"""Where the driver, a Node program, keeps its compiled code."""
SWITCH_S = 0.0005
"""How long a thread that imports may keep one waiting that has the driver's answer: Python's own 5 ms add up."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run stands on, begun and partly still on its way."""

    plan: Plan
    target: Future[Target]
    starting: Starting | BrowserMissing | None = None
    """The browser, or why there is none, where it does not wait for pytest."""


@dataclass(frozen=True, slots=True)
class Starting:
    """A browser that was asked for and need not be waited for."""

    driver: Playwright
    choice: BrowserChoice
    browser: Aside[Browser]


def begin(settings: Settings, stack: ExitStack) -> Begun:
    """Plan the run and begin to open its target, which ``stack`` will close; raises ConfigError."""
    planned = _plan(settings)
    return Begun(planned, _opening(planned, settings, stack))


def begin_with_driver(settings: Settings, stack: ExitStack) -> Begun:
    """Do the same while driver and browser start, and load meanwhile what comes after; raises ConfigError.

    Where only some checks are asked for, it is seen first whether a journey is among them: probes need none of that.
    """
    narrowed = settings.check or settings.category or settings.shard
    begun = begin(settings, stack) if narrowed else None
    if begun and not _has_journeys(begun.plan):
        return begun
    from playwright.sync_api import sync_playwright  # before the other thread competes for the interpreter

    sys.setswitchinterval(SWITCH_S)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a driver that is gone is told by whoever misses it
    os.environ.setdefault("NODE_COMPILE_CACHE", str(DRIVER_CACHE))
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    planning = ahead.submit(lambda: begun or begin(settings, stack))
    for name in NEEDED_SOON:
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)
    try:
        driver = stack.enter_context(sync_playwright())
    finally:
        planned = planning.result()
    return replace(planned, starting=starting(driver, planned.plan, planned.target, settings))


def load_last(others: Iterable[str] = ()) -> None:
    """Load what follows the last check, ``others`` too, on a thread of its own; what is missing is missed later."""
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    for name in (*NEEDED_LAST, *others):
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)


def starting(
    driver: Playwright, planned: Plan, target: Future[Target], settings: Settings
) -> Starting | BrowserMissing | None:
    """Ask ``driver`` for the browser, if a journey needs one.

    One that is elsewhere is told where on this machine the target is, which is waited for; raises what that does.
    """
    if not _has_journeys(planned):
        return None
    try:
        choice = find_browser(settings.browser, settings.environ, headed=settings.headed)
    except BrowserMissing as missing:
        return missing
    ports = target.result().own_ports if choice.server else ()
    headless, slow_mo = not settings.headed, settings.slowmo
    browser = Aside(driver, lambda: start(driver, choice, ports, headless=headless, slow_mo=slow_mo))
    return Starting(driver, choice, browser)


def _has_journeys(planned: Plan) -> bool:
    return any(check.kind is CheckKind.JOURNEY for check in planned.checks)


def _plan(settings: Settings) -> Plan:
    from smoke.running.planning import plan_of, share_of  # here, so that it is loaded by whichever thread plans

    try:
        return share_of(plan_of(settings), settings)
    except ConfigError as error:
        from smoke.config.monitoring import monitoring

        more = problems_of(lambda: monitoring(settings.root))
        raise ConfigError([*error.problems, *more]) from None


def _opening(planned: Plan, settings: Settings, stack: ExitStack) -> Future[Target]:
    from smoke.target import open_target

    opener = ThreadPoolExecutor(1, "smoke-target")
    opening = opener.submit(lambda: stack.enter_context(open_target(planned, settings)))
    opener.shutdown(wait=False)
    return opening


@dataclass(slots=True)
class Launched:
    """A browser that is up, or soon will be, before pytest needs it."""

    starting: Starting
    headed: bool
    _browser: Browser | None = None
    _closing: Aside[None] | None = None

    @property
    def playwright(self) -> Playwright:
        """The driver."""
        return self.starting.driver

    @property
    def browser(self) -> Browser:
        """The browser, waited for at first; raises BrowserMissing if it does not start."""
        if self._browser is None:
            self._browser = self._started()
        return self._browser

    def _started(self) -> Browser:
        if self.headed and not Machine().has_display:
            raise BrowserMissing("a window needs a display (DISPLAY): leave --headed away, or use xvfb-run")
        choice = self.starting.choice
        try:
            return self.starting.browser.result(patience_s(choice) + 1)
        except TimeoutError as error:
            raise not_started(choice, error) from error

    def begin_to_close(self) -> None:
        """Let the browser end while what follows the last check goes on."""
        if self._browser:
            self._closing = Aside(self._browser, self._browser.close)

    def close(self) -> None:
        """Wait for the end of the browser; what is gone already was told where it was missed."""
        from playwright.sync_api import Error

        if self._browser:
            with contextlib.suppress(Error, TimeoutError):
                (self._closing or Aside(self._browser, self._browser.close)).result(CLOSE_S)


WAYS = ("launch", "launch_persistent_context", "connect", "connect_over_cdp")


@contextmanager
def _keep_to_one(driver: Playwright) -> Iterator[None]:
    """Let ``driver`` start no other browser meanwhile: nobody would watch what that writes."""

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError("a journey uses the browser that it is given: page, context, or another new_context()")

    kinds = (driver.chromium, driver.firefox, driver.webkit)
    refused = [(kind, way) for kind in kinds for way in WAYS]
    for kind, way in refused:
        setattr(kind, way, refuse)
    try:
        yield
    finally:
        for kind, way in refused:
            delattr(kind, way)


@contextmanager
def launched(starting: Starting, *, headed: bool) -> Iterator[Launched]:
    """Yield the browser that starts, and stop it in the end."""
    started = Launched(starting, headed)
    with _keep_to_one(starting.driver):
        try:
            yield started
        finally:
            started.close()
