"""The nouns of browser discovery."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smoke.browser.server import VARIABLE as SERVER
from smoke.secrets.secret import Secret


class Origin(StrEnum):
    """Where a browser was found, in the order in which we look."""

    SERVER = SERVER
    CONFIGURED = "SMOKE_BROWSER_PATH"
    PLAYWRIGHT = "Playwright's own"
    DOWNLOADED = "playwright install"
    INSTALLED = "installed"
    APT = "apt-get"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserChoice:
    """The browser that a run will drive."""

    name: str
    """chromium, firefox or webkit."""
    origin: Origin
    executable: Path | None
    """None: Playwright finds its own, and takes the build that fits headless or headed."""
    server: Secret | None = None
    """Address of who starts it elsewhere; None: it is started here."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why one origin has no browser for us."""

    reason: str


class BrowserMissing(Exception):  # noqa: N818
    """No browser can be driven (exit code 3). Its text says what to do."""
