"""Writes the status page into the reports: whole or not at all, and never an old one in the place of a new one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from smoke.availability.gathering import Expectations
from smoke.config.account_secrets import secrets_of
from smoke.config.load import load
from smoke.config.paths import suites
from smoke.history.opening import history_store
from smoke.history.reader import Reader
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings
from smoke.status import monitors, rendering
from smoke.status.gathering import board
from smoke.status.page import Board
from smoke.status.sources import Sources
from smoke.storage.sqlite import SqliteFile

FOLDER = "status"


@dataclass(frozen=True, slots=True)
class StatusWritten:
    """There is a page."""

    page: Path


@dataclass(frozen=True, slots=True)
class StatusSkipped:
    """There is no page."""

    reason: str


def write_status(settings: Settings, now: float) -> StatusWritten | StatusSkipped:
    """Write the page, and what monitors read, into the folder ``status`` of the reports.

    An older page stays until then, and goes where no new one comes: it would tell of a time that is over. Raises
    HistoryError, ConfigError and OSError.
    """
    folder = settings.reports / FOLDER
    with ExitStack() as without:
        without.callback(shutil.rmtree, folder, ignore_errors=True)
        store = history_store(settings)
        if isinstance(store, SqliteFile) and not store.path.exists():
            return StatusSkipped(f"there is no history at {settings.shown(store.path)}")
        expected = Expectations.of(settings.root)
        if not expected.places and not Reader(store).places():
            return StatusSkipped("the history holds no run, and nothing is scheduled")
        sources = Sources(store=store, expected=expected, root=settings.root, reports=settings.reports, now=now)
        _write(scrubbed(board(sources), _scrubber(settings)), folder)
        without.pop_all()
    return StatusWritten(folder / rendering.INDEX)


def files_of(found: Board) -> Iterator[tuple[str, str]]:
    """Yield every file of the page by its name, with its text."""
    yield rendering.INDEX, rendering.index(found)
    yield "status.json", monitors.to_json(found)
    yield "pingdom.xml", monitors.pingdom(found.places)
    for suite, places in found.suites.items():
        yield rendering.page_of(suite), rendering.suite_page(found, suite, places)
        yield f"pingdom-{suite}.xml", monitors.pingdom(places)
        yield f"badge-{suite}.json", monitors.badge(suite, places)


def _write(found: Board, folder: Path) -> None:
    """Write all files beside ``folder``, and put them into its place at once: monitors read it at any time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".status-", dir=folder.parent) as work:
        draft = Path(work, "new")
        draft.mkdir()
        for name, text in files_of(found):
            (draft / name).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rename(Path(work, "old"))
        draft.rename(folder)


def _scrubber(settings: Settings) -> Scrubber:
    places = [
        (suite, environment)
        for suite in suites(settings.root)
        for environment in load(settings.root, suite).about.environments
    ]
    return Scrubber(secrets_of(settings.root, places, settings.environ))
