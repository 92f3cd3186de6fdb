"""The computer that we run on, as far as finding and starting other programs goes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

from smoke.host.process import Run, run


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) if folders else None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """All that we may ask of the computer; tests hand in one of their own."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    platform: str = sys.platform
    """linux, darwin or win32."""
    uid: int | None = field(default_factory=lambda: os.getuid() if hasattr(os, "getuid") else None)
    """None: this system has no such thing."""
    root: Path = Path("/")
    run: Run = run
    package: Callable[[str], Path | None] = _package
    """Finds the folder of an installed Python package without importing it."""
    say: Callable[[str], None] = _say
    """Shows one line of progress."""
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def home(self) -> Path:
        """The user's own folder."""
        return Path(self.environ.get("HOME") or self.environ.get("USERPROFILE") or "~").expanduser()

    @property
    def caches(self) -> Path:
        """Where this system keeps the caches of all programs."""
        if self.platform == "darwin":
            return self.home / "Library" / "Caches"
        if self.platform == "win32":
            return Path(self.environ.get("LOCALAPPDATA") or self.home / "AppData" / "Local")
        return Path(self.environ.get("XDG_CACHE_HOME") or self.home / ".cache")

    @property
    def cache(self) -> Path:
        """Our own folder in it: shared by all projects of a user, and never part of one."""
        return self.caches / "smoke-harness"

    @property
    def has_display(self) -> bool:
        """Whether a window may be shown: on Linux something says where."""
        return self.platform != "linux" or any(self.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))

    def which(self, program: str) -> Path | None:
        """Find ``program`` on this machine's PATH."""
        found = shutil.which(program, path=self.environ.get("PATH", ""))
        return Path(found) if found else None

    def failed_today(self, what: str) -> bool:
        """Whether ``what`` was noted today by :meth:`note_failure`."""
        try:
            return self._note(what).read_text(encoding="utf-8") == str(self.today)
        except OSError:
            return False

    def note_failure(self, what: str) -> None:
        """Remember for the rest of the day that ``what`` does not work here; without a cache, do not."""
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            self._note(what).write_text(str(self.today), encoding="utf-8")
        except OSError:
            return

    def _note(self, what: str) -> Path:
        return self.cache / f"{what}.failed"


def executable(path: Path) -> bool:
    """Whether ``path`` is a file that we may run."""
    return path.is_file() and os.access(path, os.X_OK)
