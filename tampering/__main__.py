"""Runs suites behind the spoiling proxy and prints who was deceived. Exit code 1 if a run was."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from smoke.known import unknown
from tampering.campaign import SUITES, Tried, campaign, chosen
from tampering.defect import DEFECTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what was named, or everything; return 0 if no run was deceived."""
    parser = argparse.ArgumentParser(prog="make tamper ARGS=…", description=__doc__)
    parser.add_argument("name", nargs="*", help="try only defects whose name begins so")
    parser.add_argument("--suite", action="append", choices=SUITES, help="only this suite; may be repeated")
    given = parser.parse_args(arguments)
    defects, suites = chosen(given.name), given.suite or SUITES
    if wrong := [unknown("defect", name, DEFECTS) for name in given.name if not chosen([name])]:
        parser.error("; ".join(wrong))
    done: list[Tried] = []
    for each in campaign(suites, defects):
        done.append(each)
        print(f"{len(done)}/{len(defects) * len(suites)} {line(each)}", flush=True)
    concerned = [each for each in done if each.touched]
    bad = [each for each in concerned if each.result]
    print(f"{len(concerned)} runs with a spoiled answer, {len(concerned) - len(bad)} as they should be, {len(bad)} not")
    return 1 if bad else 0


def line(tried: Tried) -> str:
    """Say in one line what a run showed."""
    if not tried.touched:
        return f"{tried.suite} {tried.defect.name}: nothing of it to spoil"
    reds = ", ".join(f"{each.check_id} {each.blame}" for each in tried.red[:3])
    asleep = f"; asleep: {', '.join(tried.asleep)}" if tried.asleep and tried.defect.blames else ""
    said = f"; {tried.red[0].said}" if tried.red else ""
    result = tried.result or "as it should be"
    return f"{tried.suite} {tried.defect.name}: {result}: {tried.verdict} {reds}{asleep}{said} ({tried.seconds:.1f} s)"


if __name__ == "__main__":
    sys.exit(main())
