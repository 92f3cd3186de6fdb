"""The reports folder: one run at a time, and nothing of an earlier run that would be taken for this one's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from smoke.config.problems import ConfigError
from smoke.host import file_lock
from smoke.secrets.secret import Scrubber
from smoke.secrets.sweeping import sweep

ALLURE = "allure-results"
SWEPT = ("attempts", ALLURE, "test-results")
"""Folders of evidence, and of what pytest's plugins write; journeys may write into them too."""
LEFT = ("verdict.json", "part.json")
"""What a run says of itself."""
LOCK = "run.lock"


@contextmanager
def reports_folder(reports: Path) -> Iterator[None]:
    """Empty the folder of what an earlier run left, and keep it to this process; raises ConfigError."""
    with reports_lock(reports):
        try:
            _empty(reports)
        except OSError as error:
            raise _unwritable(reports, error) from error
        yield


@contextmanager
def reports_lock(reports: Path) -> Iterator[None]:
    """Keep the folder to this process, with all that is in it; raises ConfigError."""
    try:
        lock = _open(reports)
    except OSError as error:
        raise _unwritable(reports, error) from error
    with lock:
        yield


def _unwritable(reports: Path, error: OSError) -> ConfigError:
    text = f"{reports} cannot be written: {error.strerror}; name a folder that can"
    return ConfigError.of_option("--reports", text)


def publish(work: Path, reports: Path, scrubber: Scrubber) -> tuple[str, ...]:
    """Sweep what a run wrote into ``work``, and move it below ``reports``; return what is wrong with it."""
    troubles = [withheld(name) for name in sweep((top / name for top in (work, reports) for name in SWEPT), scrubber)]
    for name in SWEPT:
        troubles += merge(work / name, reports / name)
    return tuple(troubles)


def withheld(name: str) -> str:
    """Say that the file ``name`` was not published."""
    return f"{name} still held a secret after scrubbing, or cannot be unpacked, and was withheld; look at what wrote it"


def merge(source: Path, destination: Path) -> Iterator[str]:
    """Move a file or folder, if it exists, to ``destination``, beside what is there; yield what prevents that."""
    try:
        if source.is_dir() and destination.is_dir():
            shutil.copytree(source, destination, symlinks=True, dirs_exist_ok=True)
        elif source.exists():
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, destination)
    except OSError as error:
        yield f"{destination} cannot be written: {error.strerror or error}"


def _open(reports: Path) -> IO[str]:
    reports.mkdir(parents=True, exist_ok=True)
    lock = (reports / LOCK).open("a")
    if not file_lock.take(lock.fileno()):
        lock.close()
        text = f"another run writes to {reports}: wait for its end, or name another folder"
        raise ConfigError.of_option("--reports", text)
    return lock


def _empty(reports: Path) -> None:
    for name in SWEPT:
        shutil.rmtree(reports / name, ignore_errors=True)
    for name in LEFT:
        (reports / name).unlink(missing_ok=True)
    (reports / "verdict.part").touch()
