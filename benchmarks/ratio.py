"""What the harness costs: runs it and the bare script in turn and prints the ratios. `make bench`."""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from smoke.browser import find_browser, launch_args
from smoke.demo.process import start

ROOT = Path(__file__).parents[1]
SUITE = "betterprompts"


def timed(command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Run ``command``; return its wall time and the CPU time of it and its children, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pair(folder: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Time the harness and the bare script, each against a fresh application of its own."""
    choice = find_browser()
    found = {"SMOKE_BROWSER_PATH": str(choice.executable or ""), "BARE_ARGS": " ".join(launch_args(choice))}
    results = []
    for program in (
        [sys.executable, "-m", "smoke", "run", "--reports", folder],
        [sys.executable, "benchmarks/bare.py"],
    ):
        with start() as demo:
            environ = {**os.environ, **found, **demo.environ}
            if "benchmarks/bare.py" in program:
                program.append(demo.base_urls[SUITE])
            results.append(timed(program, environ))
    return results[0], results[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="pairs to run (default: 5)")
    parser.add_argument("--at-most", type=float, help="fail if the median wall ratio is above this")
    given = parser.parse_args()
    walls, cpus, ours = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        pair(folder)  # warms caches
        for number in range(given.n):
            (wall, cpu), (bare_wall, bare_cpu) = pair(folder)
            walls.append(wall / bare_wall)
            cpus.append(cpu / bare_cpu)
            ours.append(wall)
            print(f"pair {number + 1}: harness {wall:.2f} s, bare script {bare_wall:.2f} s, ratio {walls[-1]:.2f}")
    for name, values in (("wall", walls), ("cpu", cpus)):
        print(f"{name} ratio: median {statistics.median(values):.2f} (from {min(values):.2f} to {max(values):.2f})")
    print(f"whole run: median {statistics.median(ours):.1f} s")
    if given.at_most is not None and statistics.median(walls) > given.at_most:
        sys.exit(f"the wall ratio is above {given.at_most}")


if __name__ == "__main__":
    main()
