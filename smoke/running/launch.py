"""Starts what a run waits for, side by side: target, driver and browser, and Python's own work on another thread."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.browser import BrowserChoice, BrowserMissing, launch_options
from smoke.running.aside import Aside

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from smoke.plan import Plan
    from smoke.running.target import Target
    from smoke.settings import Settings

NEEDED_LATER = (
    "smoke.running.opening",
    "smoke.running.run",
    "smoke.running.concluding",
    "rich.progress",
    "smoke.running.after",
    "pytest",
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "smoke.running.session_plugin",
    "smoke.running.fixtures",
    "rich.table",
)
LAUNCH_MS = 20_000
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
    driver: Playwright | None


def begin(settings: Settings, stack: ExitStack) -> Begun:
    """Plan the run and begin to open its target, which ``stack`` will close; raises ConfigError."""
    planned = _plan(settings)
    return Begun(planned, _opening(planned, settings, stack), None)


def begin_with_driver(settings: Settings, stack: ExitStack) -> Begun:
    """Do the same while Playwright's driver starts, and load meanwhile what comes after; raises ConfigError."""
    from playwright.sync_api import sync_playwright  # before the other thread competes for the interpreter

    sys.setswitchinterval(SWITCH_S)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a driver that is gone is told by whoever misses it
    os.environ.setdefault("NODE_COMPILE_CACHE", str(DRIVER_CACHE))
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    planning = ahead.submit(lambda: begin(settings, stack))
    for name in NEEDED_LATER:
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)
    try:
        driver = stack.enter_context(sync_playwright())
    finally:
        begun = planning.result()
    return Begun(begun.plan, begun.target, driver)


def _plan(settings: Settings) -> Plan:
    from smoke.running.planning import plan_of  # here, so that it is loaded by whichever thread plans

    return plan_of(settings)


def _opening(planned: Plan, settings: Settings, stack: ExitStack) -> Future[Target]:
    from smoke.running.target import open_target

    opener = ThreadPoolExecutor(1, "smoke-target")
    opening = opener.submit(lambda: stack.enter_context(open_target(planned, settings)))
    opener.shutdown(wait=False)
    return opening


@dataclass(slots=True)
class Launched:
    """A browser that is up before pytest is."""

    playwright: Playwright
    browser: Browser
    _closing: Aside[None] | None = None

    def begin_to_close(self) -> None:
        """Let the browser end while what follows the last check goes on."""
        self._closing = Aside(self.browser, self.browser.close)

    def close(self) -> None:
        """Wait for the end of the browser; what is gone already was told where it was missed."""
        from playwright.sync_api import Error

        with contextlib.suppress(Error, TimeoutError):
            (self._closing or Aside(self.browser, self.browser.close)).result(CLOSE_S)


def _keep_to_one(driver: Playwright) -> None:
    """Let ``driver`` start no other browser: nobody would watch what that writes."""

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError("a journey uses the browser that it is given: page, context, or another new_context()")

    for kind in (driver.chromium, driver.firefox, driver.webkit):
        for way in ("launch", "launch_persistent_context", "connect", "connect_over_cdp"):
            setattr(kind, way, refuse)


@contextmanager
def launched(driver: Playwright, choice: BrowserChoice, *, headed: bool, slowmo_ms: int) -> Iterator[Launched]:
    """Start the browser and stop it; raises BrowserMissing if it does not start."""
    from playwright.sync_api import Error

    if headed and sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BrowserMissing("a window needs a display (DISPLAY): leave --headed away, or use xvfb-run")
    try:
        browser = getattr(driver, choice.name).launch(
            headless=not headed, slow_mo=slowmo_ms, timeout=LAUNCH_MS, **launch_options(choice)
        )
    except Error as error:
        where = choice.executable or f"Playwright's {choice.name}"
        reason = str(error).strip().splitlines()[0]
        raise BrowserMissing(f"{where} does not start: {reason}; SMOKE_BROWSER_PATH names another") from error
    started = Launched(driver, browser)
    _keep_to_one(driver)
    try:
        yield started
    finally:
        started.close()
