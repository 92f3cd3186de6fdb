"""A browser that is on its way, or up, before pytest needs it; no other is started beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.browser.choice import BrowserChoice, BrowserMissing
from smoke.browser.starting import not_started, patience_s
from smoke.host.machine import Machine
from smoke.running.aside import Aside

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Starting:
    """A browser that was asked for and need not be waited for."""

    driver: Playwright
    choice: BrowserChoice
    browser: Aside[Browser]


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
