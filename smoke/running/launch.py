"""Starts what a run waits for, side by side: driver and browser, and Python's own work on another thread."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.browser import BrowserChoice, BrowserMissing, launch_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from smoke.plan import Plan
    from smoke.settings import Settings

NEEDED_LATER = (
    "smoke.running.run",
    "rich.progress",
    "smoke.running.after",
    "pytest",
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "smoke.running.session_plugin",
    "smoke.running.fixtures",
    "rich.table",
)


def plan_and_driver(settings: Settings, stack: ExitStack) -> tuple[Plan, Playwright]:
    """Plan the run while the driver starts; ``stack`` will stop it. Raises ConfigError."""
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    planning = ahead.submit(plan_only, settings)
    for name in NEEDED_LATER:
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)
    try:
        driver = stack.enter_context(_driver())
    finally:
        planned = planning.result()
    return planned, driver


def plan_only(settings: Settings) -> Plan:
    """Plan the run; raises ConfigError. The modules that this needs are loaded by whichever thread does it."""
    from smoke.running.planning import plan_of

    return plan_of(settings)


@contextmanager
def _driver() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@dataclass(frozen=True, slots=True)
class Launched:
    """A browser that is up before pytest is."""

    playwright: Playwright
    browser: Browser


@contextmanager
def launched(driver: Playwright, choice: BrowserChoice, *, headed: bool, slowmo_ms: int) -> Iterator[Launched]:
    """Start the browser and stop it; raises BrowserMissing if it does not start."""
    from playwright.sync_api import Error

    try:
        browser = getattr(driver, choice.name).launch(headless=not headed, slow_mo=slowmo_ms, **launch_options(choice))
    except Error as error:
        where = choice.executable or f"Playwright's {choice.name}"
        reason = str(error).strip().splitlines()[0]
        raise BrowserMissing(f"{where} does not start: {reason}; SMOKE_BROWSER_PATH names another") from error
    try:
        yield Launched(driver, browser)
    finally:
        with contextlib.suppress(Error):  # it may be gone already, which is told where it was missed
            browser.close()
