"""Which files a suite is made of, what of them changed, and which checks that concerns."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from smoke.config.paths import SUITES, below, python_files
from smoke.config.problems import ConfigError
from smoke.running.planning import plan_of
from smoke.settings import Settings

LOOK_S = 0.3
"""Between two looks: a few dozen files take less than a millisecond."""
Snapshot = Mapping[Path, tuple[int, int]]
"""Time of the last change (ns) and size (bytes) of each file."""


def snapshot(settings: Settings) -> Snapshot:
    """Look at every file that a run of the suite depends on."""
    config = settings.root / "config"
    own = (settings.root / SUITES / settings.suite).rglob("*")
    found: dict[Path, tuple[int, int]] = {}
    for path in (*python_files(settings.root, settings.suite), *config.glob("*.yaml"), *own):
        with suppress(FileNotFoundError):  # an editor may put another in its place just now
            stat = path.stat()
            found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def wait_for_change(before: Snapshot, settings: Settings) -> Snapshot:
    """Return what the files are once they differ from ``before``, and nobody writes them any more."""
    earlier, now = before, snapshot(settings)
    while now == before or now != earlier:
        earlier, now = now, _a_little_later(settings)
    return now


def _a_little_later(settings: Settings) -> Snapshot:
    threading.Event().wait(LOOK_S)
    return snapshot(settings)


def changed(before: Snapshot, after: Snapshot) -> frozenset[Path]:
    """Return the files that were written, came or went. Pure."""
    return frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def concerned(files: frozenset[Path], settings: Settings) -> tuple[str, ...] | None:
    """Return the selected checks that ``files`` are about; None: all of them, or nobody can tell."""
    try:
        checks = plan_of(settings).checks
    except ConfigError:
        return None  # the run itself says what is wrong
    names = {below(settings.root, file) for file in files}
    journeys = {name for name in names if name.startswith("e2e/") and Path(name).name.startswith("test_")}
    if names != journeys:
        return None
    return tuple(check.id for check in checks if check.source.rpartition(":")[0] in names)
