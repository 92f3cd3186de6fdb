"""What one more journey and one more probe cost: runs of growing size, each timed, and drawn. `make bench-growth`."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drawing import dot, line, picture, words
from benchmarks.timing import ROOT
from smoke.demo.process import start

JOURNEYS, PROBES = (1, 2, 4, 8, 16, 32), (10, 100, 1000)
SUITE = """\
title: Growth
environments:
  local: {{base_url: "{url}", timeout_ms: 10000, external_services: mock, rate_share: 1}}
"""
JOURNEY = '''
from playwright.sync_api import Page, expect

from smoke.running.checks import check


@check("grow.page-{number}", category="critical-paths")
def test_page_{number}(page: Page) -> None:
    """Page {number} opens."""
    page.goto("./enhance")
    expect(page.get_by_role("button", name="Enhance Prompt")).to_be_visible()
'''
PROBE = """\
  - id: grow.probe-{number}
    title: Probe {number}
    category: api-health
    request: GET /health
    expect: {{status: 200}}
"""
PLOT = ROOT / "docs" / "growth.svg"
WIDTH, HEIGHT = 450, 270
"""Of each of the two curves."""
APART = 34
"""How far apart two numbers are to be read."""


@dataclass(frozen=True)
class Sized:
    """How long a run of a size took."""

    count: int
    run_s: float
    """From the first check to the verdict, in seconds."""
    wall_s: float
    """From the start of the program to its end, in seconds."""


def project(folder: Path, url: str, journeys: int, probes: int) -> Path:
    """Write a project with so many journeys and probes."""
    points = (ROOT / "config" / "execution-points.yaml").read_text(encoding="utf-8")
    files = {
        "config/execution-points.yaml": points.replace("timeout_s: 120", "timeout_s: 600"),
        "config/suites/growth/suite.yaml": SUITE.format(url=url),
        **{f"e2e/growth/test_page_{number}.py": JOURNEY.format(number=number) for number in range(journeys)},
    }
    if probes:
        listed = "".join(PROBE.format(number=number) for number in range(probes))
        files["config/suites/growth/checks.yaml"] = f"probes:\n{listed}"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def sized(url: str, journeys: int, probes: int) -> Sized:
    """Run once with so many journeys and probes; every check must pass."""
    with tempfile.TemporaryDirectory() as folder:
        place = project(Path(folder), url, journeys, probes)
        command = [sys.executable, "-m", "smoke", "run", "--json"]
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        wall_s = time.perf_counter() - begun
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return Sized(journeys + probes, run_s=json.loads(done.stdout)["duration_s"], wall_s=wall_s)


def middle(runs: list[Sized]) -> Sized:
    """Return the run of median length."""
    return sorted(runs, key=lambda each: each.wall_s)[len(runs) // 2]


def drawn(series: dict[str, list[Sized]]) -> str:
    """Return both curves as SVG, side by side, the axes from zero."""
    pieces = [piece for index, (name, points) in enumerate(series.items()) for piece in _curve(index, name, points)]
    return picture(2 * WIDTH, HEIGHT, "Wall time against the number of journeys and of probes", pieces)


def _curve(index: int, name: str, points: list[Sized]) -> Iterator[str]:
    left, right, top, bottom = WIDTH * index + 50, WIDTH * (index + 1) - 40, 56, HEIGHT - 48
    most, longest = points[-1].count, max(each.wall_s for each in points)
    second = max(1, round(longest / 4))
    for tick in range(0, int(longest) + 1, second):
        y = bottom - (bottom - top) * tick / longest
        yield line([(left, y), (right, y)], "grid")
        yield words(left - 8, y + 4, f"{tick} s", "small", "end")
    yield line([(left, top - 8), (left, bottom), (right, bottom)], "axis")
    yield words(left, 28, f"{name}: one more costs {each_ms(points):.3g} ms", "head")
    places = [
        (left + (right - left) * each.count / most, bottom - (bottom - top) * each.wall_s / longest) for each in points
    ]
    yield line(places, "curve")
    free: float = right + APART
    for (x, y), each in reversed(list(zip(places, points, strict=True))):
        yield dot(x, y)
        if free - x >= APART:
            yield words(x, y - 10, f"{each.wall_s:.1f} s", "small", "middle")
            yield words(x, bottom + 17, str(each.count), "small", "middle")
            free = x
    yield words((left + right) / 2, HEIGHT - 12, f"{name} in one run", "small", "middle")


def each_ms(points: list[Sized]) -> float:
    """Return what one more cost on the way from the fewest to the most, in milliseconds."""
    few, many = points[0], points[-1]
    return 1000 * (many.wall_s - few.wall_s) / (many.count - few.count)


def main() -> None:
    """Run every size and print its time, and what each further check cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draw", action="store_true", help=f"write {PLOT.relative_to(ROOT)}")
    parser.add_argument("-n", type=int, default=3, help="runs of each size, of which the median counts (default: 3)")
    given = parser.parse_args()
    series: dict[str, list[Sized]] = {}
    with start() as demo:
        url = demo.base_urls["betterprompts"]
        sized(url, 1, 1)
        for name, sizes in (("journeys", JOURNEYS), ("probes", PROBES)):
            series[name] = []
            for count in sizes:
                journeys, probes = (count, 0) if name == "journeys" else (0, count)
                series[name].append(middle([sized(url, journeys, probes) for _ in range(given.n)]))
                taken = series[name][-1]
                print(f"{count:>5} {name}: {taken.wall_s:.2f} s, {taken.run_s:.2f} s of it checking", flush=True)
            print(f"      one more of the {name}: {each_ms(series[name]):.3g} ms")
    if given.draw:
        PLOT.write_text(drawn(series), encoding="utf-8")


if __name__ == "__main__":
    main()
