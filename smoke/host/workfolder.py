"""A run's private folder: whatever is written there is published once it is swept, or never."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smoke.host.children import is_gone

PREFIX = "smoke-run-"


@contextmanager
def work_folder(owner: int) -> Iterator[Path]:
    """Yield a new folder that only this user can look into, and remove it afterwards, with those of dead runs.

    ``owner`` is the process whose end is the end of the run. Raises OSError where none can be made.
    """
    forget_dead()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{owner}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget(owner: int) -> None:
    """Remove what the runs of process ``owner`` left."""
    for folder in _folders():
        if _owner_of(folder) == owner:
            shutil.rmtree(folder, ignore_errors=True)


def forget_dead() -> None:
    """Remove what is left of runs whose process is gone."""
    for folder in _folders():
        if is_gone(_owner_of(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _folders() -> Iterator[Path]:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        try:
            is_ours = folder.lstat().st_uid == os.getuid() if hasattr(os, "getuid") else True
        except OSError:
            continue
        if is_ours and folder.is_dir() and not folder.is_symlink() and re.match(rf"{PREFIX}\d+-", folder.name):
            yield folder


def _owner_of(folder: Path) -> int:
    return int(folder.name.removeprefix(PREFIX).partition("-")[0])
