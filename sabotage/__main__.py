"""Runs the campaign, two sabotages at a time, and prints its table. Exit code 1 if a run did not fail closed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sabotage.campaign import Played, campaign, chosen
from sabotage.table import show


def main(arguments: Sequence[str] | None = None) -> int:
    """Play what was named, or everything; return 0 if all was well, 3 if something could not be tried here."""
    parser = argparse.ArgumentParser(prog="make sabotage ARGS=…", description=__doc__)
    parser.add_argument("name", nargs="*", help="play only sabotages whose name begins so")
    cases = chosen(parser.parse_args(arguments).name)
    if not cases:
        print("no sabotage is called so", file=sys.stderr)
        return 2
    played: list[Played] = []
    for each in campaign(cases):
        print(f"{len(played) + 1}/{len(cases)} {each.case.name}: {each.word}", file=sys.stderr, flush=True)
        played.append(each)
    show(sorted(played, key=lambda each: cases.index(each.case)))
    if any(each.ended and each.wrong for each in played):
        return 1
    return 3 if any(each.ended is None for each in played) else 0


if __name__ == "__main__":
    sys.exit(main())
