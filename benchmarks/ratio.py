"""What the harness costs: runs it and the bare script in turn and prints the ratios. `make bench`."""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.distance import distance
from smoke.browser import find_browser, launch_args
from smoke.demo.process import start

PR_SET_CHILD_SUBREAPER = 36
ROOT = Path(__file__).parents[1]
SUITE = "betterprompts"
JOURNEYS = ("homepage", "enhance", "login", "pages")


@dataclass(frozen=True)
class Timed:
    """What a program took."""

    began: float
    """Seconds since the epoch."""
    wall_s: float
    cpu_s: float
    """Of it and all that it started, browsers included."""


def timed(command: list[str], environ: dict[str, str]) -> Timed:
    """Run ``command`` to its end, and to the end of every process that it left."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, begun = time.time(), time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    if child.wait():
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    wall = time.perf_counter() - begun
    adopted_ended()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Timed(began, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind, so that its time is counted (Linux, prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def adopted_ended() -> None:
    """Take leave of every adopted process that ends soon; the application under test goes on."""
    ends = time.monotonic() + 1
    while time.monotonic() < ends:
        try:
            gone, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not gone:
            threading.Event().wait(0.02)


def first_check(verdict: Path, began: float) -> float:
    """Return how many seconds after ``began`` the first check of a run was begun."""
    attempts = [each for check in json.loads(verdict.read_text())["checks"] for each in check["attempts"]]
    return min(datetime.fromisoformat(each["started"]).timestamp() for each in attempts) - began


def pair(folder: str, round_trip_s: float) -> tuple[Timed, Timed]:
    """Time the harness and the bare script, each against a fresh application of its own, so far away."""
    choice = find_browser()
    found = {"SMOKE_BROWSER_PATH": str(choice.executable or ""), "BARE_ARGS": " ".join(launch_args(choice))}
    results = []
    # Far away, the time budgets of the probes cannot be kept; the bare script has none of them anyway.
    only = [word for name in JOURNEYS for word in ("--check", name)] if round_trip_s else []
    for program in (
        [sys.executable, "-m", "smoke", "run", "--reports", folder, *only],
        [sys.executable, "benchmarks/bare.py"],
    ):
        with start() as demo, ExitStack() as stack:
            url = demo.base_urls[SUITE]
            if round_trip_s:
                url = stack.enter_context(distance(url, round_trip_s))
            environ = {**os.environ, **found, **demo.environ, "SMOKE_BASE_URL": url}
            if "benchmarks/bare.py" in program:
                program.append(url)
            results.append(timed(program, environ))
    return results[0], results[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="pairs to run (default: 5)")
    parser.add_argument("--away-ms", type=float, default=0, help="round trip to the target (default: 0)")
    parser.add_argument("--at-most", type=float, help="fail if the median wall ratio is above this")
    given = parser.parse_args()
    adopt_orphans()
    walls, cpus, ours, firsts = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        pair(folder, 0)  # warms caches
        for number in range(given.n):
            harness, bare = pair(folder, given.away_ms / 1000)
            walls.append(harness.wall_s / bare.wall_s)
            cpus.append(harness.cpu_s / bare.cpu_s)
            ours.append(harness.wall_s)
            firsts.append(first_check(Path(folder, "verdict.json"), harness.began))
            print(f"pair {number + 1}: harness {harness.wall_s:.2f} s, bare {bare.wall_s:.2f} s, ratio {walls[-1]:.2f}")
    for name, values in (("wall", walls), ("cpu", cpus)):
        print(f"{name} ratio: median {statistics.median(values):.2f} (from {min(values):.2f} to {max(values):.2f})")
    print(f"whole run: median {statistics.median(ours):.1f} s")
    print(
        f"start to first check: median {statistics.median(firsts):.2f} s (from {min(firsts):.2f} to {max(firsts):.2f})"
    )
    if given.at_most is not None and statistics.median(walls) > given.at_most:
        sys.exit(f"the wall ratio is above {given.at_most}")


if __name__ == "__main__":
    main()
