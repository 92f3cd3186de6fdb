"""Where the time of one run goes: prints it and draws docs/waterfall.svg. `make bench-waterfall`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.drawing import bar, line, picture, words
from benchmarks.timeline import FILE
from benchmarks.timing import ROOT
from smoke.demo.process import start

PICTURE = ROOT / "docs" / "waterfall.svg"
WIDTH, LEFT, RIGHT, TOP, ROW = 900, 226, 60, 64, 21
KINDS = {
    "start": "start",
    "beside": "beside it",
    "journey": "journeys",
    "probe": "probes",
    "end": "after the last check",
}


@dataclass(frozen=True, slots=True)
class Event:
    """A seam that was passed."""

    at: float
    phase: str
    edge: str
    detail: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that took its time; seconds since the program was started."""

    name: str
    kind: str
    begun: float
    ended: float

    @property
    def took(self) -> float:
        """Seconds."""
        return self.ended - self.begun


@dataclass(frozen=True, slots=True)
class Timeline:
    """One run."""

    began: float
    """Seconds since the epoch, as all that follows."""
    ended: float
    events: tuple[Event, ...]

    def first(self, phase: str, edge: str = "begin", detail: str = "") -> float:
        """Return when ``phase`` first began or ended, in seconds since the start."""
        return min(self._all(phase, edge, detail)) - self.began

    def last(self, phase: str, edge: str = "end", detail: str = "") -> float:
        """Return when it last did."""
        return max(self._all(phase, edge, detail)) - self.began

    def _all(self, phase: str, edge: str, detail: str) -> list[float]:
        found = [
            each.at for each in self.events if each.phase == phase and each.edge == edge and detail in ("", each.detail)
        ]
        if not found:
            sys.exit(f"the run did not pass {phase!r}: benchmarks/timeline.py names seams that are gone")
        return found

    @property
    def journeys(self) -> tuple[str, ...]:
        """Their ids, in the order in which they began."""
        return tuple(dict.fromkeys(each.detail for each in self.events if each.phase == "journey"))


def recorded(count: int) -> Timeline:
    """Run the default suite so often, and return the run of median length; each must pass. The first warms caches."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["run", "--reports", f"{folder}/reports"]
        _run(["smoke", *command], {})
        runs = [_noted(command, Path(folder, f"{number}.jsonl")) for number in range(count)]
    return sorted(runs, key=lambda run: run.ended - run.began)[count // 2]


def _noted(command: list[str], file: Path) -> Timeline:
    began, ended = _run(["benchmarks.timeline", *command], {FILE: str(file)})
    return Timeline(began, ended, tuple(Event(**json.loads(line)) for line in file.read_text().splitlines()))


def _run(module: list[str], extra: dict[str, str]) -> tuple[float, float]:
    """Return when a program began and ended, with an application that has not seen its one-time codes yet."""
    with start() as demo:
        environ = {**os.environ, **demo.environ, "SMOKE_BASE_URL": demo.base_urls["betterprompts"], **extra}
        began = time.time()
        subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=environ, check=True, capture_output=True)
        return began, time.time()


def bars(run: Timeline) -> Iterator[Bar]:
    """Yield what the run did, in the order in which it began to."""
    yield Bar("Python", "start", 0.0, run.first("python"))
    yield Bar("command line, settings", "start", run.first("python"), run.first("beginning"))
    yield Bar("Playwright's client loaded", "start", run.first("beginning"), run.first("driver starts"))
    yield Bar("driver", "start", run.first("driver starts"), run.last("driver starts"))
    yield Bar("configuration, plan", "beside", run.first("configuration, plan"), run.last("configuration, plan"))
    yield Bar("engine, pytest, Allure loaded", "beside", run.first("imports"), run.last("imports"))
    yield Bar("browser", "beside", run.first("browser starts"), run.last("browser starts"))
    yield Bar("pytest: plugins, collection", "start", run.first("pytest"), run.first("waiting for the browser"))
    yield Bar("first context", "start", run.first("waiting for the browser"), run.first("journey"))
    yield Bar("probes", "probe", run.first("probe"), run.last("probe"))
    for name in run.journeys:
        yield Bar(name, "journey", run.first("journey", "begin", name), run.last("journey", "end", name))
    yield Bar("pytest ends", "end", run.last("journey"), run.last("pytest"))
    yield Bar("files swept, judged", "end", run.last("pytest"), run.last("sweeping, judging"))
    yield Bar("verdict.json, Allure, history", "end", run.last("sweeping, judging"), run.first("sinks"))
    yield Bar("sinks", "end", run.first("sinks"), run.last("sinks"))
    yield Bar("printing", "end", run.last("sinks"), run.last("printing"))
    yield Bar("browser and driver end", "end", run.last("printing"), run.last("driver ends"))
    yield Bar("exit", "end", run.last("driver ends"), run.ended - run.began)


def text(rows: Iterable[Bar], marks: Sequence[tuple[str, float]]) -> str:
    """Return the same as text: when each began, and how long it took."""
    lines = [f"{each.begun:7.2f} s {1000 * each.took:7.0f} ms  {each.name}" for each in rows]
    return "\n".join((*lines, *(f"{at:7.2f} s             {name}" for name, at in marks)))


def drawn(rows: Sequence[Bar], marks: Sequence[tuple[str, float]]) -> str:
    """Return the picture."""
    last = max(each.ended for each in rows)
    scale = (WIDTH - LEFT - RIGHT) / last
    bottom = TOP + ROW * len(rows)
    pieces = list(_legend())
    for second in range(int(last) + 1):
        x = LEFT + scale * second
        pieces += [line([(x, TOP - 6), (x, bottom)], "grid"), words(x, bottom + 16, f"{second} s", "small", "middle")]
    for name, at in marks:
        x = LEFT + scale * at
        pieces += [
            line([(x, TOP - 6), (x, bottom)], "mark"),
            words(x, TOP - 11, f"{name} {at:.2f} s", "small", "middle"),
        ]
    for number, each in enumerate(rows):
        y, x = TOP + ROW * number, LEFT + scale * each.begun
        pieces += [
            words(LEFT - 12, y + 15, each.name, "", "end"),
            bar(x, y + 4, scale * each.took, ROW - 8, each.kind),
            words(x + max(scale * each.took, 1.5) + 5, y + 15, _short(each.took), "small"),
        ]
    return picture(WIDTH, bottom + 30, f"Waterfall of one run, {last:.1f} s", pieces)


def _legend() -> Iterator[str]:
    x = 16.0
    for kind, meaning in KINDS.items():
        yield bar(x, 14, 12, 12, kind)
        yield words(x + 18, 25, meaning)
        x += 42 + 7 * len(meaning)


def _short(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def main() -> None:
    """Run, print and draw."""
    parser = argparse.ArgumentParser(prog="make bench-waterfall", description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="runs, of which the median is shown (default: 3)")
    run = recorded(parser.parse_args().n)
    rows = tuple(bars(run))
    marks = (("first navigation", run.first("navigation")), ("verdict", run.last("sweeping, judging")))
    print(text(rows, marks))
    PICTURE.write_text(drawn(rows, marks), encoding="utf-8")
    print(f"drawn: {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
