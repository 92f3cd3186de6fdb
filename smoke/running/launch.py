"""Starts what a run waits for, side by side: the application, the driver and browser, and Python's own imports."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.browser import BrowserChoice, BrowserMissing, launch_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NEEDED_LATER = (
    "pytest",
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "smoke.running.session_plugin",
    "smoke.running.fixtures",
    "httpcore",
    "rich.table",
)


@dataclass(frozen=True, slots=True)
class Launched:
    """A browser that is up before pytest is."""

    playwright: Playwright
    browser: Browser


def import_in_background() -> threading.Thread:
    """Import on another thread what is needed once the processes that this one waits for are there."""

    def work() -> None:
        for name in NEEDED_LATER:
            importlib.import_module(name)

    thread = threading.Thread(target=work, name="smoke-imports", daemon=True)
    thread.start()
    return thread


@contextmanager
def launched(choice: BrowserChoice, *, headed: bool, slowmo_ms: int) -> Iterator[Launched]:
    """Start driver and browser on this thread, and stop them; raises BrowserMissing if the browser does not start."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = getattr(playwright, choice.name).launch(
                headless=not headed, slow_mo=slowmo_ms, **launch_options(choice)
            )
        except Error as error:
            where = choice.executable or f"Playwright's {choice.name}"
            reason = str(error).strip().splitlines()[0]
            raise BrowserMissing(f"{where} does not start: {reason}; SMOKE_BROWSER_PATH names another") from error
        try:
            yield Launched(playwright, browser)
        finally:
            with contextlib.suppress(Error):  # it may be gone already, which is told where it was missed
                browser.close()
