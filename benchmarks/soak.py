"""Many runs, one after the other, in one process tree, as a scheduler starts them: nothing may grow or be left.

One long-lived parent starts every run against one embedded application, all with one reports folder, one state folder
and one folder for temporary files. `make bench-soak`; exits 1 where something grew. Needs Linux (proc(5)).
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import ROOT, PeakOfWorker
from smoke.demo.process import start
from smoke.host.children import children
from smoke.host.supervisor import adopt_orphans

WINDOW = 50
"""How many runs at either end are compared, at most half of all."""
GROWN = 1.1
"""What a median may be of what it was, before it counts as growth of memory."""
SLOWER = 1.5
"""The same of time, which a shared machine makes uneven: with fewer runs than ``WINDOW`` it decides nothing."""
TARGET_GROWN = 2.0
"""The application keeps what it is told, as long as it runs."""
RUN_BYTES = 8192
"""What a run may add to the reports for good: its rows in the history."""


@dataclass(frozen=True, slots=True)
class After:
    """What is there after a run."""

    wall_s: float
    worker_mb: float
    """Peak memory of the harness's own process."""
    largest_mb: float
    """Peak memory of the largest process of the run, browser and driver included (getrusage(2))."""
    parent_mb: float
    target_mb: float
    """Memory of the application: not ours, but part of the tree."""
    descriptors: int
    processes: int
    """That the parent has, besides the application."""
    temporary: int
    """Files and folders."""
    reports: int
    """Files below the reports folder."""
    reports_bytes: int


def soaked(count: int, check: str) -> list[After]:
    """Run ``check`` so often; return what was there after each run. Stops the program if a run does not pass."""
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name, start() as demo:
        folder = Path(name)
        places = {"TMPDIR": folder / "tmp", "SMOKE_STATE": folder / "state"}
        for place in places.values():
            place.mkdir()
        known = {key: str(place) for key, place in places.items()}
        environ = {**os.environ, **demo.environ, **known, "SMOKE_BASE_URL": demo.base_urls["betterprompts"]}
        command = [sys.executable, "-m", "smoke", "run", "--check", check, "--reports", str(folder / "reports")]
        return [_after(command, environ, folder, demo.pid) for _ in range(count)]


def _after(command: Sequence[str], environ: Mapping[str, str], folder: Path, target: int) -> After:
    begun = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    looking = PeakOfWorker(child.pid)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"a run ended with {child.returncode}")
    files = [path for path in (folder / "reports").rglob("*") if path.is_file()]
    return After(
        wall_s=time.perf_counter() - begun,
        worker_mb=looking.peak_mb(),
        largest_mb=used.ru_maxrss * 1024 / 1e6,
        parent_mb=_resident_mb(os.getpid()),
        target_mb=_resident_mb(target),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        processes=len(set(children(os.getpid())) - {target}),
        temporary=sum(1 for _ in (folder / "tmp").rglob("*")),
        reports=len(files),
        reports_bytes=sum(path.stat().st_size for path in files),
    )


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantity, at the beginning and at the end."""

    name: str
    first: float
    last: float
    limit: float
    """What ``last`` may be."""

    @property
    def grew(self) -> bool:
        """Whether it did more than it may."""
        return self.last > self.limit


def compared(runs: Sequence[After]) -> Iterator[Compared]:
    """Yield what the first and the last runs had in common, or had not; the very first warms up and does not count."""
    counted = runs[1:]
    window = max(1, min(WINDOW, len(counted) // 2))
    first, last = counted[:window], counted[-window:]

    def of(name: str, factor: float) -> Compared:
        begun, ended = (statistics.median(getattr(each, name) for each in part) for part in (first, last))
        return Compared(NAMES[name], begun, ended, begun * factor)

    yield of("worker_mb", GROWN)
    yield of("largest_mb", GROWN)
    yield of("parent_mb", GROWN)
    yield of("target_mb", TARGET_GROWN)
    yield of("wall_s", SLOWER if window == WINDOW else math.inf)
    yield of("descriptors", 1)
    yield of("reports", 1)
    for name in ("processes", "temporary"):
        yield Compared(NAMES[name], getattr(runs[0], name), max(getattr(each, name) for each in runs), 0)
    added = (runs[-1].reports_bytes - runs[0].reports_bytes) / max(1, len(counted))
    yield Compared("bytes that a run adds to the reports", 0, added, RUN_BYTES)


NAMES = {
    "worker_mb": "peak memory of a run, MB",
    "largest_mb": "the same of its largest process, MB",
    "parent_mb": "memory of the parent, MB",
    "target_mb": "memory of the application, MB",
    "wall_s": "time of a run, s",
    "descriptors": "file descriptors of the parent",
    "reports": "files in the reports folder",
    "processes": "processes left over, at most",
    "temporary": "temporary files left over, at most",
}


def main() -> int:
    """Run, compare and print; return 1 if something grew."""
    parser = argparse.ArgumentParser(prog="make bench-soak", description=__doc__)
    parser.add_argument("-n", type=int, default=500, help="runs (default: 500)")
    parser.add_argument("--check", default="health.root", help="what each run checks (default: health.root)")
    given = parser.parse_args()
    if given.n < 3:
        parser.error("-n is 3 or more")
    found = list(compared(soaked(given.n, given.check)))
    print(f"{'over ' + str(given.n) + ' runs':<38}{'first':>10}{'last':>10}{'at most':>10}")
    for each in found:
        numbers = "".join(f"{number:10.1f}" for number in (each.first, each.last, each.limit))
        print(f"{each.name:<38}{numbers}  {'GREW' if each.grew else ''}".rstrip())
    return int(any(each.grew for each in found))


if __name__ == "__main__":
    sys.exit(main())
