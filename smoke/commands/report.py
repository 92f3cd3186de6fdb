"""``smoke report``, and ``smoke report merge``."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import merge, options

if TYPE_CHECKING:
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = (
        "Write the status page of the history, and build the Allure report of the last run (needs Node 20 or newer "
        "with npm). Where a run was split into parts, `smoke report merge` comes first."
    )
    options.add_some(parser, "reports")
    parser.add_argument(
        "--open", action="store_true", help="show it in a browser, and serve it until Ctrl-C, so that traces open"
    )
    parser.add_argument(
        "--single-file",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the Allure report as one file to send on (the default), or as many small ones for a web server",
    )
    parser.set_defaults(call=call)
    actions = parser.add_subparsers(metavar="ACTION")
    text = "join the parts that `smoke run` left with --shard or --part-of: one verdict, history and report"
    merge.configure(actions.add_parser("merge", help=text))


def call(given: argparse.Namespace) -> int:
    """Build the Allure report, write the status page of the history, and show them where that is asked for.

    Returns 0 also where there is nothing to build from or with, which is said, and 3 where the history cannot be read.
    """
    settings = options.settings_of(given, "local")
    report = _allure(settings, single_file=given.single_file)
    page, code = _status(settings)
    if given.open:
        _show(settings.reports, report or page)
    return code


def _allure(settings: Settings, *, single_file: bool) -> Path | None:
    from smoke.host.machine import Machine
    from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build

    results, report = settings.reports / "allure-results", settings.reports / "allure-report"
    match build(results, report, single_file=single_file, machine=Machine(environ=os.environ)):
        case ReportBuilt(page):
            print(f"report: {settings.shown(page)}")
            return page
        case ReportSkipped(reason):
            print(f"report: {reason}")
            return None


def _show(reports: Path, page: Path | None) -> None:
    """Serve the reports, with ``page`` in the user's browser, until Ctrl-C."""
    import webbrowser

    from smoke.reporting.serving import served

    if page is None:
        print("open: there is no page to show", file=sys.stderr)
        return
    with served(reports) as site:
        address = f"{site.url}/{page.absolute().relative_to(reports.absolute()).as_posix()}"
        print(f"open: {address}, until Ctrl-C", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            webbrowser.open(address)
            site.thread.join()


def _status(settings: Settings) -> tuple[Path | None, int]:
    from smoke.history.errors import HistoryError
    from smoke.status.writing import StatusSkipped, StatusWritten, write_status

    try:
        match write_status(settings, time.time()):
            case StatusWritten(page):
                print(f"status: {settings.shown(page)}")
                return page, 0
            case StatusSkipped(reason):
                print(f"status: no page, for {reason}")
    except (HistoryError, OSError) as error:
        print(f"status: INCONCLUSIVE: {error}", file=sys.stderr)
        return None, 3
    return None, 0
