"""``smoke doctor``."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from smoke.commands import options
from smoke.doctor.diagnosis import exit_code
from smoke.doctor.registry import Surroundings, available, wanted
from smoke.options import OPTIONS

FILTERS = {"suite": "only this suite", "env": "only this environment", "region": "only runs from this region"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of every examination, and what all of them share."""
    for option in OPTIONS:
        if option.name in FILTERS:
            parser.add_argument(option.flag, metavar=option.metavar, help=f"{FILTERS[option.name]} (default: any)")
    for each in available():
        each.configure(parser)
    options.add_some(parser, "base_url", "browser", "reports")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON on stdout")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Examine, print what was found, and return 0 for well, with warnings or without, 1 for ill, 3 for cannot tell."""
    here = Surroundings(given=given, settings=options.settings_of(given, "local"), now=time.time())
    findings = [finding for each in wanted(given) for finding in each.examine(here)]
    code = exit_code(findings)
    if given.json:
        print(json.dumps({"exit_code": code, "findings": [asdict(each) for each in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding.line)
    return code
