"""The one place that may be written: a folder for one run, and what a warm sandbox may keep for the next."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where a run writes."""

    top: Path

    @property
    def run(self) -> Path:
        """Folder of this run alone."""
        return self.top / "run"

    @property
    def reports(self) -> Path:
        """Where this run leaves its verdict and its evidence."""
        return self.run / "reports"

    def environ(self) -> Mapping[str, str]:
        """Return the variables that keep a program to this place.

        What accounts did is kept, lest a one-time code be used twice, and so is compiled code of the driver.
        """
        return {
            "HOME": str(self.run / "home"),
            "TMPDIR": str(self.run / "tmp"),
            "SMOKE_STATE": str(self.top / "state"),
            "NODE_COMPILE_CACHE": str(self.top / "node"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
        }


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Yield a place in which nothing of an earlier run is left, be it killed, and leave nothing of this one.

    Raises OSError where the earlier one cannot be removed.
    """
    place = Sandbox(Path(tempfile.gettempdir()) / "smoke")
    shutil.rmtree(place.run, ignore_errors=True)
    for folder in (place.run, place.run / "home", place.run / "tmp"):
        folder.mkdir(mode=0o700, parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place.run, ignore_errors=True)
