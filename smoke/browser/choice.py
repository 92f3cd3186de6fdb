"""The nouns of browser discovery, and the machine it asks."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from smoke.process import Run, run


class Origin(StrEnum):
    """Where a browser was found, in the order in which we look."""

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


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why one origin has no browser for us."""

    reason: str


class BrowserMissing(Exception):  # noqa: N818
    """No browser can be driven (exit code 3). Its text says what to do."""


def _package() -> Path | None:
    """Folder of Playwright's driver, found without importing Playwright."""
    spec = find_spec("playwright")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0], "driver", "package") if places else None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """All that discovery may ask of the computer; tests hand in one of their own."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    platform: str = sys.platform
    """linux, darwin or win32."""
    uid: int | None = field(default_factory=lambda: os.getuid() if hasattr(os, "getuid") else None)
    """None: this system has no such thing."""
    root: Path = Path("/")
    package: Path | None = field(default_factory=_package)
    """Folder of Playwright's driver, with ``browsers.json``."""
    run: Run = run
    say: Callable[[str], None] = _say
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def home(self) -> Path:
        """The user's own folder."""
        return Path(self.environ.get("HOME") or self.environ.get("USERPROFILE") or "~").expanduser()

    @property
    def cache(self) -> Path:
        """Where this system keeps caches, for Playwright and for us."""
        if self.platform == "darwin":
            return self.home / "Library" / "Caches"
        if self.platform == "win32":
            return Path(self.environ.get("LOCALAPPDATA") or self.home / "AppData" / "Local")
        return Path(self.environ.get("XDG_CACHE_HOME") or self.home / ".cache")

    def which(self, program: str) -> Path | None:
        """Find ``program`` on this machine's PATH."""
        found = shutil.which(program, path=self.environ.get("PATH", ""))
        return Path(found) if found else None


def executable(path: Path) -> bool:
    """Whether ``path`` is a file that we may run."""
    return path.is_file() and os.access(path, os.X_OK)
