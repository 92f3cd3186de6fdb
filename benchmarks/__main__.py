"""Measure every figure of docs/performance.md and print it beside its goal and its limit. `make bench`.

Exits 1 where a median is above its limit. Runs follow each other; leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping

from benchmarks.fixed import command_costs, run_costs
from benchmarks.goals import Measured, Standing, table
from benchmarks.guard import guarded_pages
from benchmarks.history import history_queries
from benchmarks.probes import forty_more, thousand
from benchmarks.ratio import away, local

PARTS: Mapping[str, Callable[[int], list[Measured]]] = {
    "local": local,
    "away": away,
    "run": run_costs,
    "commands": command_costs,
    "thousand": thousand,
    "forty": forty_more,
    "guard": guarded_pages,
    "history": history_queries,
}


def main() -> int:
    """Measure what is asked for; return 1 if a figure is above its limit."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("-n", type=int, default=5, help="runs, or pairs of runs, of each part (default: 5)")
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if given.n < 1:
        parser.error("-n is 1 or more")
    warn_if_busy()
    figures: list[Measured] = []
    for name in given.parts or PARTS:
        print(f"{name} … {time.strftime('%H:%M:%S')}", file=sys.stderr)
        figures += PARTS[name](given.n)
    print(table(figures))
    regressed = [each.goal.name for each in figures if each.standing is Standing.REGRESSED]
    if regressed:
        print(f"REGRESSED: {', '.join(regressed)}", file=sys.stderr)
    return int(bool(regressed))


def warn_if_busy() -> None:
    """Say on stderr when others use the machine: their work is in every figure, and most of all in seconds."""
    if hasattr(os, "getloadavg") and (load := os.getloadavg()[0]) > (cores := os.cpu_count() or 1) / 2:
        print(f"this machine is busy (a load of {load:.1f} on {cores} cores): figures say less of it", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
