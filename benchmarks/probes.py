"""What 40 probes beside the journeys cost: runs with and without them in turn and prints the ratio. `make bench`."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROBE = """
  - id: bench.probe-{number}
    title: Probe {number} of the benchmark
    category: api-health
    request: GET /health
    expect: {{status: 200}}
"""


def project(folder: Path, probes: int) -> Path:
    """Copy the project's data and add ``probes`` probes to the default suite."""
    for name in ("config", "e2e", "page_objects"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    checks = folder / "config" / "suites" / "betterprompts" / "checks.yaml"
    checks.write_text(checks.read_text() + "".join(PROBE.format(number=number) for number in range(probes)))
    return folder


def timed(folder: Path) -> float:
    """Run the default suite in ``folder``; return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "smoke", "run"], cwd=folder, check=False, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        without, with_probes = project(Path(folder, "0"), 0), project(Path(folder, "40"), 40)
        timed(without)
        ratios = []
        for number in range(pairs):
            few, many = timed(without), timed(with_probes)
            ratios.append(many / few)
            print(f"pair {number + 1}: {few:.2f} s, with 40 more probes {many:.2f} s, ratio {ratios[-1]:.2f}")
    print(f"40 more probes: median ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
