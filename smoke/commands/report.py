"""``smoke report``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

from smoke.commands import options

if TYPE_CHECKING:
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--reports", metavar="DIR", help="where the run left its files (SMOKE_REPORTS)")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace, _after: list[str]) -> int:
    """Build the Allure report, and write the status page of the history.

    Returns 0 also where there is nothing to build from or with, which is said, and 3 where the history cannot be read.
    """
    settings = options.settings_of(given, "local")
    _allure(settings)
    return _status(settings)


def _allure(settings: Settings) -> None:
    from smoke.machine import Machine
    from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build

    results = settings.reports / "allure-results"
    match build(results, settings.reports / "allure-report", machine=Machine(environ=os.environ)):
        case ReportBuilt(page):
            print(f"report: {settings.shown(page)}")
        case ReportSkipped(reason):
            print(f"report: {reason}")


def _status(settings: Settings) -> int:
    from smoke.history.errors import HistoryError
    from smoke.status.writing import StatusSkipped, StatusWritten, write_status

    try:
        match write_status(settings, time.time()):
            case StatusWritten(page):
                print(f"status: {settings.shown(page)}")
            case StatusSkipped(reason):
                print(f"status: no page, for {reason}")
    except (HistoryError, OSError) as error:
        print(f"status: INCONCLUSIVE: {error}", file=sys.stderr)
        return 3
    return 0
