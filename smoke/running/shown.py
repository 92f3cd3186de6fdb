"""What pytest shows of errors in the code of a project: kept as it is, for a run prints no report of pytest's own."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from traceback import extract_tb

import playwright
import pytest
from _pytest.fixtures import FixtureLookupError

import smoke
from smoke.reporting.lines import cut_lines
from smoke.running.failure import THEIRS
from smoke.running.session import Session

OURS = tuple(Path(each.__path__[0]) for each in (playwright, smoke))
"""Whoever sees an error come from there reads of it in the outcome, which says more."""
WIDTH = 80


class Shown:
    """Keeps for each test, or file, what pytest would show of the last error that its own code made."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a file cannot be collected."""
        if report.failed:
            self._keep(report.nodeid, f"ERROR collecting {report.nodeid}", report.longreprtext)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep what a journey did wrong."""
        report = yield
        if report.failed and call.excinfo and made_by_theirs(call.excinfo.value, item.config.rootpath):
            self._keep(item.nodeid, item.nodeid, report.longreprtext)
        return report

    def _keep(self, nodeid: str, title: str, text: str) -> None:
        heading = f" {title} ".center(WIDTH, "_")
        self._session.shown[nodeid] = cut_lines(self._session.scrubber.text(f"{heading}\n{text.rstrip()}\n"))


def made_by_theirs(error: BaseException, root: Path) -> bool:
    """Tell whether the code of the project at ``root`` made ``error``, and neither the browser nor we told it so."""
    if isinstance(error, FixtureLookupError):
        return True
    files = [Path(frame.filename) for frame in extract_tb(error.__traceback__)]
    theirs = [index for index, file in enumerate(files) if any(file.is_relative_to(root / each) for each in THEIRS)]
    return bool(theirs) and not any(file.is_relative_to(each) for file in files[theirs[-1] :] for each in OURS)
