"""``smoke report``."""

from __future__ import annotations

import argparse
import os

from smoke.commands import options


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--reports", metavar="DIR", help="where the run left its files (SMOKE_REPORTS)")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace, _after: list[str]) -> int:
    """Build the Allure report; returns 0 also where Node is missing, which is said."""
    from smoke.machine import Machine
    from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build

    settings = options.settings_of(given, "local")
    results = settings.reports / "allure-results"
    match build(results, settings.reports / "allure-report", machine=Machine(environ=os.environ)):
        case ReportBuilt(page):
            print(f"report: {settings.shown(page)}")
        case ReportSkipped(reason):
            print(f"report: {reason}")
    return 0
