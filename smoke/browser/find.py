"""The order in which a browser is looked for. With one there it takes milliseconds and imports nothing heavy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin, Unavailable
from smoke.browser.installed import from_apt, installed
from smoke.browser.own import PATIENCE_S, SHORT_PATIENCE_S, download, own
from smoke.browser.server import browser_server
from smoke.host.machine import Machine, executable

VARIABLE = "SMOKE_BROWSER_PATH"


def find_browser(
    name: str = "chromium",
    environ: Mapping[str, str] = os.environ,
    *,
    headed: bool = False,
    machine: Machine | None = None,
) -> BrowserChoice:
    """Find the browser ``name``, getting one if need be; ``headed``: one that can show a window.

    Looks at ``SMOKE_BROWSER_WS``, ``SMOKE_BROWSER_PATH``, Playwright's own, a download of it, an installed Chrome or
    Chromium, and Debian's package, in this order. Firefox and WebKit are driven only in Playwright's own builds.
    Raises BrowserMissing with a sentence that says what to do, and ValueError for an address that is none.
    """
    machine = machine or Machine(environ=environ)
    if server := browser_server(machine.environ):
        return BrowserChoice(name=name, origin=Origin.SERVER, executable=None, server=server)
    if path := machine.environ.get(VARIABLE):
        return _configured(name, Path(path).expanduser())
    if name != "chromium":
        return _only_own(name, machine)
    found = own(name, machine, headed=headed)
    if isinstance(found, BrowserChoice):
        return found
    return _chromium_from_elsewhere(machine, headed=headed)


def _configured(name: str, path: Path) -> BrowserChoice:
    if not path.exists():
        raise BrowserMissing(f"{VARIABLE} is {path}, which does not exist; correct it, or unset it to search")
    if not executable(path):
        raise BrowserMissing(f"{VARIABLE} is {path}, which is not an executable file; correct it, or unset it")
    return BrowserChoice(name=name, origin=Origin.CONFIGURED, executable=path)


def _only_own(name: str, machine: Machine) -> BrowserChoice:
    found = own(name, machine)
    if isinstance(found, Unavailable):
        raise BrowserMissing(f"{name} is not installed; run `playwright install {name}`, or use chromium")
    return found


def _chromium_from_elsewhere(machine: Machine, *, headed: bool) -> BrowserChoice:
    at_hand = installed(machine, headed=headed)
    seconds = SHORT_PATIENCE_S if isinstance(at_hand, BrowserChoice) else PATIENCE_S
    downloaded = download("chromium", machine, seconds=seconds)
    if isinstance(downloaded, BrowserChoice):
        return downloaded
    if isinstance(at_hand, BrowserChoice):
        return at_hand
    packaged = from_apt(machine, headed=headed)
    if isinstance(packaged, BrowserChoice):
        return packaged
    raise BrowserMissing(
        "there is no browser to drive: install Google Chrome or Chromium, run `playwright install chromium`, "
        f"or set {VARIABLE} to one. Tried: {Origin.DOWNLOADED} {downloaded.reason}; "
        f"{Origin.INSTALLED}: {at_hand.reason}; {Origin.APT}: {packaged.reason}"
    )
