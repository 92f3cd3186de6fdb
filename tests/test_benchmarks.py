"""What the benchmarks say of the harness, and that they can say it."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import __main__ as bench
from benchmarks.goals import GOALS, Goal, Measured, Standing, table
from benchmarks.growth import Sized
from benchmarks.growth import drawn as growth_drawn
from benchmarks.soak import After, compared
from benchmarks.timeline import IMPORTED, SEAMS
from benchmarks.waterfall import Bar
from benchmarks.waterfall import drawn as waterfall_drawn

ROOT = Path(__file__).parents[1]
WALL_AT_MOST, CPU_AT_MOST = 1.8, 2.2
"""Wide enough for a machine that does other things too; what doubles is above both."""
PAIRS = f"""
import json, sys, tempfile
from benchmarks.ratio import pair
from smoke.host.supervisor import adopt_orphans
adopt_orphans()
with tempfile.TemporaryDirectory() as folder:
    found = [pair(folder, 0)]
    if found[0].wall > {WALL_AT_MOST} or found[0].cpu > {CPU_AT_MOST}:
        found.append(pair(folder, 0))
json.dump(dict(wall=min(each.wall for each in found), cpu=min(each.cpu for each in found)), sys.stdout)
"""
"""Ratios of the better of two pairs, if it takes two: what else the machine does makes a pair worse."""
SOME = Goal("some figure", "s", 1.0, 2.0, "of nothing")
QUIET = After(
    wall_s=1.0,
    worker_mb=70.0,
    largest_mb=120.0,
    parent_mb=20.0,
    target_mb=50.0,
    descriptors=9,
    processes=0,
    temporary=0,
    reports=7,
    reports_bytes=1000,
)


@pytest.mark.browser
@pytest.mark.long
def test_a_run_costs_about_what_the_bare_script_costs() -> None:
    """Both are measured in turn: the ratio says what the harness adds, whatever the machine is."""
    done = subprocess.run([sys.executable, "-c", PAIRS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ratios = json.loads(done.stdout)
    assert ratios["wall"] <= WALL_AT_MOST
    assert ratios["cpu"] <= CPU_AT_MOST


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
@pytest.mark.long
def test_runs_one_after_the_other_leave_nothing() -> None:
    """The short form of `make bench-soak`."""
    command = [sys.executable, "-m", "benchmarks.soak", "-n", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def grown(**changes: float) -> list[str]:
    """Compare ten runs, the last of which differ in ``changes``; return what grew."""
    runs = [QUIET] * 6 + [replace(QUIET, **changes)] * 5
    return [each.name for each in compared(runs) if each.grew]


def test_runs_that_are_alike_did_not_grow() -> None:
    assert not grown()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"worker_mb": 80.0}, "peak memory of a run, MB"),
        ({"parent_mb": 23.0}, "memory of the parent, MB"),
        ({"descriptors": 10}, "file descriptors of the parent"),
        ({"processes": 1}, "processes left over, at most"),
        ({"temporary": 1}, "temporary files left over, at most"),
        ({"reports": 8}, "files in the reports folder"),
        ({"reports_bytes": 200_000}, "bytes that a run adds to the reports"),
    ],
)
def test_what_grows_is_named(changes: dict[str, float], name: str) -> None:
    assert grown(**changes) == [name]


@pytest.mark.parametrize(
    ("median", "standing"),
    [(1.0, Standing.REACHED), (1.1, Standing.BEHIND), (2.0, Standing.BEHIND), (2.1, Standing.REGRESSED)],
)
def test_a_figure_is_held_against_its_goal_and_its_limit(median: float, standing: Standing) -> None:
    """Both may be reached exactly."""
    figure = Measured(SOME, (0.0, median, 9.0))
    assert figure.standing is standing
    assert table([figure]).splitlines()[-1].endswith(standing.value)


@pytest.mark.parametrize(("value", "code"), [(1.9, 0), (2.1, 1)])
def test_the_benchmark_fails_where_a_figure_is_above_its_limit(
    value: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missed goal is told, but only a step back fails."""
    monkeypatch.setattr(bench, "PARTS", {"some": lambda count: [Measured(SOME, (value,) * count)]})
    monkeypatch.setattr(sys, "argv", ["bench", "-n", "2"])
    assert bench.main() == code
    assert "some figure" in capsys.readouterr().out


def test_the_limits_are_no_lower_than_the_goals() -> None:
    assert all(each.limit >= (each.at_most or 0) for each in GOALS)


def test_the_document_names_the_same_figures_goals_and_limits() -> None:
    """Nobody can change one without the other."""
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    told = {row[0]: (_number(row[2]), _number(row[3])) for row in rows if len(row) == 5 and _number(row[3])}
    assert told == {each.name: (each.at_most, each.limit) for each in GOALS}


def _number(cell: str) -> float | None:
    found = re.match(r"[\d.]+", cell)
    return float(found[0]) if found else None


def test_every_part_of_the_benchmark_is_named_in_the_document() -> None:
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert all(f"make bench ARGS={name}" in text for name in bench.PARTS)


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: seam.path)
def test_the_waterfall_looks_at_functions_that_there_are(seam: object) -> None:
    """What is renamed would be missing from the picture."""
    place: object = importlib.import_module(seam.module)  # type: ignore[attr-defined]
    for name in seam.path.split("."):  # type: ignore[attr-defined]
        place = getattr(place, name)
    assert callable(place)
    assert all(importlib.import_module(name) for name in IMPORTED)


@pytest.mark.parametrize(
    "drawn",
    [
        waterfall_drawn([Bar("a <bar>", "start", 0.0, 1.5)], [("verdict", 1.2)]),
        growth_drawn(
            {
                "journeys": [Sized(1, 1.0, 2.0), Sized(32, 8.0, 9.0)],
                "probes": [Sized(10, 0.1, 1.0), Sized(1000, 3.0, 4.0)],
            }
        ),
    ],
    ids=["waterfall", "growth"],
)
def test_a_picture_is_well_formed_and_can_be_read_aloud(drawn: str) -> None:
    picture = ElementTree.fromstring(drawn)
    title = picture.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text
