"""What the harness costs against the bare script: both in turn, each against a fresh application of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.distance import distance
from benchmarks.goals import Measured, measured
from benchmarks.timing import Timed, timed
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_args
from smoke.demo.process import start
from smoke.host.machine import Machine
from smoke.host.supervisor import adopt_orphans

SUITE = "betterprompts"
JOURNEYS = ("homepage", "enhance", "login", "pages")
AWAY_S = 0.2


@dataclass(frozen=True, slots=True)
class Pair:
    """One run of the harness and one of the bare script, one after the other."""

    harness: Timed
    bare: Timed

    @property
    def wall(self) -> float:
        """Ratio of wall times."""
        return self.harness.wall_s / self.bare.wall_s

    @property
    def cpu(self) -> float:
        """Ratio of CPU times."""
        return self.harness.cpu_s / self.bare.cpu_s


def pair(folder: str, round_trip_s: float) -> Pair:
    """Time the harness, which leaves its files in ``folder``, and the bare script; the target is so far away."""
    # Far away, the time budgets of the probes cannot be kept; the bare script has none of them anyway.
    only = [word for name in JOURNEYS for word in ("--check", name)] if round_trip_s else []
    harness = _timed(["-m", "smoke", "run", "--reports", folder, *only], round_trip_s)
    return Pair(harness, _timed(["benchmarks/bare.py", "{url}"], round_trip_s))


def _timed(program: list[str], round_trip_s: float) -> Timed:
    choice = find_browser()
    found = {"SMOKE_BROWSER_PATH": str(choice.executable or ""), "BARE_ARGS": " ".join(launch_args(choice, Machine()))}
    with start() as demo, ExitStack() as stack:
        url = demo.base_urls[SUITE]
        if round_trip_s:
            url = stack.enter_context(distance(url, round_trip_s))
        environ = {**os.environ, **found, **demo.environ, "SMOKE_BASE_URL": url}
        return timed([sys.executable, *(word.replace("{url}", url) for word in program)], environ)


def pairs(count: int, round_trip_s: float = 0.0) -> Iterator[Pair]:
    """Yield so many pairs, after one local pair that warms caches."""
    adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        pair(folder, 0)
        for _ in range(count):
            found = pair(folder, round_trip_s)
            print(
                f"  harness {found.harness.wall_s:.2f} s, CPU {found.harness.cpu_s:.2f} s; "
                f"bare {found.bare.wall_s:.2f} s, CPU {found.bare.cpu_s:.2f} s",
                file=sys.stderr,
            )
            yield found


def local(count: int) -> list[Measured]:
    """Measure with a target on this machine."""
    found = list(pairs(count))
    return [
        measured("wall time, local", [each.wall for each in found]),
        measured("CPU time, local", [each.cpu for each in found]),
    ]


def away(count: int) -> list[Measured]:
    """Measure with a target that is a round trip of 200 ms away."""
    return [measured("wall time, 200 ms away", [each.wall for each in pairs(count, AWAY_S)])]
