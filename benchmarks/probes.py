"""What probes cost: 40 more beside the journeys, and 1,000 alone."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.goals import Measured, measured
from benchmarks.growth import PROBE, sized
from benchmarks.timing import ROOT, timed
from smoke.demo.process import start


def project(folder: Path, probes: int) -> Path:
    """Copy the project's data and add ``probes`` probes to the default suite."""
    for name in ("config", "e2e", "page_objects"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    checks = folder / "config" / "suites" / "betterprompts" / "checks.yaml"
    checks.write_text(checks.read_text() + "".join(PROBE.format(number=number) for number in range(probes)))
    return folder


def run_s(folder: Path) -> float:
    """Run the default suite in ``folder``; return its wall time in seconds."""
    return timed([sys.executable, "-m", "smoke", "run"], os.environ, folder).wall_s


def forty_more(count: int) -> list[Measured]:
    """Measure runs with and without 40 more probes, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = project(Path(folder, "0"), 0), project(Path(folder, "40"), 40)
        run_s(few)
        pairs = [(run_s(few), run_s(many)) for _ in range(count)]
    return [measured("40 more probes", [with_them / without for without, with_them in pairs])]


def thousand(count: int) -> list[Measured]:
    """Measure runs of 1,000 probes."""
    with start() as demo:
        url = demo.base_urls["betterprompts"]
        sized(url, 0, 10)
        return [measured("1,000 probes", [sized(url, 0, 1000).run_s for _ in range(count)])]
