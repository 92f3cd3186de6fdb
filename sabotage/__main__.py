"""Runs the campaign, two sabotages at a time, and prints its table. Exit code 1 if a run did not fail closed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sabotage.campaign import Tried, campaign, chosen
from sabotage.case import CASES
from sabotage.table import show
from smoke.known import unknown


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what was named, or everything; return 0 if all was well, 3 if something could not be tried here."""
    parser = argparse.ArgumentParser(prog="make sabotage ARGS=…", description=__doc__)
    parser.add_argument("name", nargs="*", help="try only sabotages whose name begins so")
    names = parser.parse_args(arguments).name
    if wrong := [unknown("sabotage", name, CASES) for name in names if not chosen([name])]:
        parser.error("; ".join(wrong))
    cases = chosen(names)
    tried: list[Tried] = []
    for each in campaign(cases):
        print(f"{len(tried) + 1}/{len(cases)} {each.case.name}: {each.word}", file=sys.stderr, flush=True)
        tried.append(each)
    show(sorted(tried, key=lambda each: cases.index(each.case)))
    if any(each.ended and each.wrong for each in tried):
        return 1
    return 3 if any(each.ended is None for each in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
