"""Asks somebody else than the target whether this runner has a network; or the browser, where that is elsewhere."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from smoke.running.spares import Spares

CONTROL_S = 3.0
CONNECTED = re.compile(r"ERR_(CERT|SSL|INVALID_HTTP_RESPONSE|CONNECTION_(CLOSED|RESET)|EMPTY_RESPONSE)")
"""How a browser ends with who takes its connection and does not speak as it does."""


def reachable(controls: Sequence[str]) -> bool:
    """Tell whether any of ``controls`` (``host:port``) can be resolved and accepts a connection, or there are none."""
    return not controls or reached(controls) is not None


def reached(controls: Sequence[str]) -> str | None:
    """Return the first of ``controls`` (``host:port``) that accepts a connection; None: none does."""
    if not controls:
        return None
    with ThreadPoolExecutor(len(controls)) as pool:
        return next(
            (each for each, connects in zip(controls, pool.map(_connects, controls), strict=True) if connects), None
        )


def _connects(control: str) -> bool:
    host, _, port = control.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=CONTROL_S).close()
    except OSError:
        return False
    return True


def browser_reaches(spares: Spares, controls: Sequence[str]) -> bool:
    """Tell the same of the browser, wherever that is."""
    from playwright.sync_api import Error

    if not controls:
        return True
    try:
        with spares.bare() as page:
            return any(_opens(page, control) for control in controls)
    except Error:  # there is no browser any more, which is told otherwise
        return True


def _opens(page: Page, control: str) -> bool:
    from playwright.sync_api import Error

    scheme = "https" if control.endswith(":443") else "http"
    try:
        page.goto(f"{scheme}://{control}/", wait_until="commit", timeout=CONTROL_S * 1000)
    except Error as error:
        return CONNECTED.search(str(error)) is not None
    return True
