"""What one more journey and one more probe cost: runs of growing size, each timed, and drawn. `make bench-growth`."""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from smoke.demo.process import start

ROOT = Path(__file__).parents[1]
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


@dataclass(frozen=True)
class Sized:
    """How long a run of a size took."""

    count: int
    run_s: float
    """From its start to its verdict."""


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
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return Sized(journeys + probes, json.loads(done.stdout)["duration_s"])


def drawn(series: dict[str, list[Sized]]) -> str:
    """Return both curves as SVG, side by side, the axes from zero."""
    parts = []
    for index, (name, points) in enumerate(series.items()):
        most, longest = points[-1].count, max(each.run_s for each in points)
        places = [(60 + 300 * each.count / most, 200 - 160 * each.run_s / longest) for each in points]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3"/>' for x, y in places)
        parts.append(
            f'<g transform="translate({400 * index},0)"><polyline points="{line}" fill="none" stroke="#2563eb"/>{dots}'
            f'<path d="M60 30V200H370" fill="none" stroke="#888"/>'
            f'<text x="60" y="222">0</text><text x="370" y="222" text-anchor="end">{most} {name}</text>'
            f'<text x="54" y="44" text-anchor="end">{longest:.1f} s</text></g>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 240" font-family="sans-serif" font-size="13">'
        f'<rect width="800" height="240" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def main() -> None:
    """Run every size and print its time, and what each further check cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draw", action="store_true", help=f"write {PLOT.relative_to(ROOT)}")
    given = parser.parse_args()
    series: dict[str, list[Sized]] = {}
    with start() as demo:
        url = demo.base_urls["betterprompts"]
        sized(url, 1, 1)
        for name, sizes in (("journeys", JOURNEYS), ("probes", PROBES)):
            series[name] = []
            for count in sizes:
                journeys, probes = (count, 0) if name == "journeys" else (0, count)
                series[name].append(sized(url, journeys, probes))
                print(f"{count:>5} {name}: {series[name][-1].run_s:.2f} s", flush=True)
            few, many = series[name][0], series[name][-1]
            each_ms = 1000 * (many.run_s - few.run_s) / (many.count - few.count)
            print(f"      one more of the {name}: {each_ms:.0f} ms")
    if given.draw:
        PLOT.write_text(drawn(series), encoding="utf-8")


if __name__ == "__main__":
    main()
