"""Has a browser started, here or by a server elsewhere, and says in a sentence why it was not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from smoke.browser.choice import BrowserChoice, BrowserMissing
from smoke.browser.launch import launch_options
from smoke.browser.server import VARIABLE, server_secrets, unlike, unserved
from smoke.secrets.secret import Scrubber

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Playwright

LAUNCH_S, CONNECT_S = 20.0, 30.0
"""Longest start; elsewhere it may have to wait for its turn."""


def patience_s(choice: BrowserChoice) -> float:
    """Return the seconds that ``choice`` may take to start."""
    return LAUNCH_S if choice.server is None else CONNECT_S


def start(
    driver: Playwright, choice: BrowserChoice, ports: Iterable[int] = (), *, headless: bool = True, slow_mo: float = 0
) -> Browser:
    """Return the browser ``choice``, up; raises BrowserMissing with a sentence that says what to do.

    One that is elsewhere reaches these ``ports`` of this machine's loopback, and nothing else of it.
    """
    from playwright.sync_api import Error

    kind: BrowserType = getattr(driver, choice.name)
    try:
        if choice.server is None:
            options = launch_options(choice)
            return kind.launch(headless=headless, slow_mo=slow_mo, timeout=LAUNCH_S * 1000, **options)
        reach = ",".join(f"<loopback>:{port}" for port in ports) or None
        address, timeout_ms = choice.server.reveal(), CONNECT_S * 1000
        return _checked(choice, kind.connect(address, expose_network=reach, slow_mo=slow_mo, timeout=timeout_ms))
    except Error as error:
        raise not_started(choice, error) from None  # it may hold the address


def _checked(choice: BrowserChoice, browser: Browser) -> Browser:
    """Return ``browser``, unless the server had another one running already."""
    found = browser._impl_obj._initializer["browserName"]
    if found != choice.name:
        browser.close()
        raise BrowserMissing(unlike(choice.name, found))
    return browser


def not_started(choice: BrowserChoice, error: Exception) -> BrowserMissing:
    """Say why ``choice`` is not there, of what Playwright said."""
    if choice.server is not None:
        known = Scrubber(server_secrets({VARIABLE: choice.server.reveal()}))
        return BrowserMissing(known.text(unserved(choice.name, str(error), CONNECT_S)))
    where = choice.executable or f"Playwright's {choice.name}"
    reason = str(error).strip().splitlines()[0]
    return BrowserMissing(f"{where} does not start: {reason}; SMOKE_BROWSER_PATH names another")
