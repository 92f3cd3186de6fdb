"""Works out what 10,000 suites every minute take: every table of docs/scale.md. `make bench-scale`.

Nothing is measured here, so that the same is printed on every machine: sizes are those of benchmarks/fleet_sizes.py.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from benchmarks.drawing import line, picture, words
from benchmarks.fleet import Fleet, Outcome, Start, share, simulate
from benchmarks.fleet_sizes import (
    COLD,
    COLD_S,
    CONTROLLER_PER_S,
    DRIFT,
    GITHUB_INTERVAL_S,
    GITHUB_JOBS,
    GITHUB_SET_UP_S,
    HANGS,
    HEADROOM,
    JOURNEYS,
    LOCKED_ROUND_TRIPS,
    PROBES,
    ROUND_TRIP_S,
    RULES_CPU_S,
    TIMEOUT_S,
    Prices,
    Size,
)
from benchmarks.timing import ROOT

MINUTE, HOUR, DAY, MONTH = 60.0, 3600.0, 86_400.0, 30 * 86_400.0
SIMULATED_S = 300.0
LATE_S = 10.0
SIZES = (PROBES, JOURNEYS)
PLOT = ROOT / "docs" / "scale.svg"
WIDTH, HEIGHT, STEP_S = 900, 440, 5


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fleet, and for how long it is looked at."""

    title: str
    fleet: Fleet
    seconds: float = SIMULATED_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How many suites, how often."""

    suites: int = 10_000
    interval_s: float = MINUTE

    @property
    def runs_per_s(self) -> float:
        """Runs that begin in a second, on average."""
        return self.suites / self.interval_s

    def fleet(self, size: Size, start: Start) -> Fleet:
        """Return these suites on machines without a limit."""
        return Fleet(
            suites=self.suites,
            interval_s=self.interval_s,
            start=start,
            run=size.run,
            hangs=HANGS,
            timeout_s=TIMEOUT_S,
            drift=DRIFT,
            cold=COLD,
            cold_s=COLD_S,
        )


def scenarios(asked: Question) -> Iterator[Scenario]:
    """Yield what is simulated."""
    for size in SIZES:
        for start, when in ((Start.TOGETHER, "full minute"), (Start.STAGGERED, "staggered")):
            yield Scenario(f"{size.title}, {when}", asked.fleet(size, start))
    for start, when in ((Start.TOGETHER, "full minute"), (Start.STAGGERED, "staggered")):
        limited = replace(asked.fleet(JOURNEYS, start), places=JOURNEYS.places)
        yield Scenario(f"{JOURNEYS.title}, {when}, {JOURNEYS.places:,} places", limited)
    staggered = replace(asked.fleet(JOURNEYS, Start.STAGGERED), places=JOURNEYS.places)
    yield Scenario("the same, time-out 45 s", replace(staggered, timeout_s=45.0))
    yield Scenario("the same, time-out 120 s, one run in 100 hangs", replace(staggered, hangs=0.01))
    slow = replace(asked.fleet(PROBES, Start.STAGGERED), starts_per_s=CONTROLLER_PER_S)
    yield Scenario("probes only, CronJobs, default control plane", slow)
    github = replace(
        asked.fleet(JOURNEYS, Start.STAGGERED),
        interval_s=GITHUB_INTERVAL_S,
        cold=1.0,
        cold_s=GITHUB_SET_UP_S,
        places=GITHUB_JOBS,
    )
    yield Scenario(f"with journeys, GitHub, every 5 minutes, {GITHUB_JOBS} jobs", github, 6 * GITHUB_INTERVAL_S)


@cache
def simulated(fleet: Fleet, seconds: float) -> Outcome:
    """Simulate, once for all tables."""
    return simulate(fleet, seconds)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def schedule(asked: Question) -> str:
    """Return what the simulations came to."""
    head = (
        "suites",
        "most at once",
        "waiting",
        "skipped",
        f"later than {LATE_S:.0f} s",
        "longest gap, 99 in 100",
        "any",
    )
    return table(head, [_told(each.title, simulated(each.fleet, each.seconds)) for each in scenarios(asked)])


def _told(title: str, found: Outcome) -> tuple[str, ...]:
    late = sum(each > LATE_S for each in found.late)
    skipped = f"{found.skipped:,} of {found.slots:,}"
    gaps = (f"{share(sorted(found.gaps), part):.0f} s" for part in (0.99, 1.0))
    return (title, f"{found.peak:,}", f"{found.waiting:,}", skipped, f"{late / found.begun:.1%}", *gaps)


def machines(asked: Question) -> str:
    """Return what runs take of processors and memory."""
    found = [simulated(asked.fleet(size, Start.STAGGERED), SIMULATED_S) for size in SIZES]
    busy = [asked.runs_per_s * size.cpu_s for size in SIZES]
    held = [each.peak * size.memory_mb / 1000 for each, size in zip(found, SIZES, strict=True)]
    rows = [
        (
            "a run takes (one in twenty longer than)",
            [f"{size.run.median:.1f} s ({size.run.p95:.1f} s)" for size in SIZES],
        ),
        ("CPU of a run", [f"{size.cpu_s:.1f} s" for size in SIZES]),
        ("memory of a run", [f"{size.memory_mb:.0f} MB" for size in SIZES]),
        ("processors busy", [f"{each:,.0f}" for each in busy]),
        (f"processors, {HEADROOM:.0%} busy", [f"{each / HEADROOM:,.0f}" for each in busy]),
        ("runs at once, staggered", [f"{each.peak:,}" for each in found]),
        ("memory of these", [f"{each:,.0f} GB" for each in held]),
        ("processors more, to judge alert rules", [f"{asked.runs_per_s * RULES_CPU_S:,.0f}" for _ in SIZES]),
    ]
    return table(("", *(size.title for size in SIZES)), [(name, *cells) for name, cells in rows])


def history(asked: Question) -> str:
    """Return what runs leave in the history."""
    a_day = asked.runs_per_s * DAY
    per_s = 1 / (LOCKED_ROUND_TRIPS * ROUND_TRIP_S)
    rows = [
        ("rows of a run", [f"{size.rows}" for size in SIZES]),
        ("bytes of a run, SQLite", [f"{size.sqlite_bytes:,}" for size in SIZES]),
        ("bytes of a run, PostgreSQL", [f"{size.postgres_bytes:,}" for size in SIZES]),
        *(
            (
                f"PostgreSQL, {days} days",
                [_terabytes(days * a_day * size.postgres_bytes) for size in SIZES],
            )
            for days in (7, 90)
        ),
        ("runs a database takes in a second", [f"{per_s:.0f}" for _ in SIZES]),
        ("suites a database takes", [f"{per_s * asked.interval_s:,.0f}" for _ in SIZES]),
        ("databases", [f"{math.ceil(asked.runs_per_s / per_s)}" for _ in SIZES]),
    ]
    return table(("", *(size.title for size in SIZES)), [(name, *cells) for name, cells in rows])


def _terabytes(size: float) -> str:
    return f"{size / 1e12:,.2f} TB"


def cost(asked: Question, prices: Prices) -> str:
    """Return what a month costs, in thousands of dollars."""
    runs = asked.runs_per_s * MONTH

    def of_github(size: Size) -> float:
        minutes = math.ceil((size.run.median + GITHUB_SET_UP_S.median) / MINUTE)
        return asked.suites * MONTH / GITHUB_INTERVAL_S * minutes * prices.github_minute

    def of_lambda(size: Size) -> float:
        return runs * (size.run.median * size.lambda_mb / 1024 * prices.lambda_gb_s + prices.lambda_million / 1e6)

    rows = [
        ("machines of one's own", [runs * size.cpu_s / HOUR / HEADROOM * prices.vcpu_hour for size in SIZES]),
        ("AWS Lambda", [of_lambda(size) for size in SIZES]),
        ("GitHub Actions, every 5 minutes", [of_github(size) for size in SIZES]),
        ("PostgreSQL, 7 days kept", [_kept(asked, size, 7, prices) for size in SIZES]),
        ("PostgreSQL, 90 days kept", [_kept(asked, size, 90, prices) for size in SIZES]),
        ("Datadog, every series", [asked.suites * size.series / 100 * prices.metrics_100 for size in SIZES]),
        ("Datadog, success and duration of runs", [asked.suites * 2 / 100 * prices.metrics_100 for _ in SIZES]),
    ]
    return table(
        ("thousand dollars a month", *(size.title for size in SIZES)),
        [(name, *(f"{dollars / 1000:,.1f}" for dollars in cells)) for name, cells in rows],
    )


def _kept(asked: Question, size: Size, days: int, prices: Prices) -> float:
    return asked.runs_per_s * DAY * days * size.postgres_bytes / 1e9 * prices.storage_gb_month


def hour(asked: Question) -> dict[str, Outcome]:
    """Return an hour of runs with journeys, both ways."""
    return {
        "all at the full minute": simulate(asked.fleet(JOURNEYS, Start.TOGETHER), HOUR),
        "staggered by the name of the suite": simulate(asked.fleet(JOURNEYS, Start.STAGGERED), HOUR),
    }


def drawn(found: dict[str, Outcome]) -> str:
    """Return how many runs there are at once, one curve below the other, on one scale, as SVG."""
    most = max(each.peak for each in found.values())
    pieces = [piece for at, (name, each) in enumerate(found.items()) for piece in _curve(at, name, each, most)]
    return picture(WIDTH, HEIGHT, "Runs at once over an hour, all at the full minute and staggered", pieces)


def _curve(at: int, name: str, found: Outcome, most: int) -> Iterator[str]:
    left, right = 66, WIDTH - 34
    top, bottom = at * HEIGHT / 2 + 48, (at + 1) * HEIGHT / 2 - 34
    step = 10 ** math.floor(math.log10(most)) * (1 if most < 5 * 10 ** math.floor(math.log10(most)) else 2.5)
    for tick in range(0, most + 1, int(step)):
        y = bottom - (bottom - top) * tick / most
        yield line([(left, y), (right, y)], "grid")
        yield words(left - 8, y + 4, f"{tick:,}", "small", "end")
    for minute in range(0, len(found.busy) // 60 + 1, 10):
        x = left + (right - left) * minute * 60 / len(found.busy)
        yield words(x, bottom + 17, f"{minute} min", "small", "middle")
    yield line([(left, top - 8), (left, bottom), (right, bottom)], "axis")
    yield words(left, top - 20, f"{name}: at most {found.peak:,} runs at once", "head")
    steps = [max(found.busy[begin : begin + STEP_S]) for begin in range(0, len(found.busy), STEP_S)]
    width = (right - left) / len(steps)
    yield line([(left + width * (n + 0.5), bottom - (bottom - top) * of / most) for n, of in enumerate(steps)], "curve")


def tables(asked: Question, prices: Prices) -> Iterator[str]:
    """Yield every table, in the order of the document."""
    yield schedule(asked)
    yield machines(asked)
    yield history(asked)
    yield cost(asked, prices)


def main() -> None:
    """Print every table; draw the hour where that is asked for."""
    parser = argparse.ArgumentParser(prog="make bench-scale", description=__doc__)
    parser.add_argument("--suites", type=int, default=Question().suites)
    parser.add_argument("--interval", type=float, default=MINUTE, metavar="SECONDS")
    parser.add_argument("--draw", action="store_true", help=f"write {PLOT.relative_to(ROOT)}")
    for price in fields(Prices):
        parser.add_argument(f"--{price.name.replace('_', '-')}", type=float, default=price.default, metavar="DOLLARS")
    given = parser.parse_args()
    asked = Question(suites=given.suites, interval_s=given.interval)
    prices = Prices(**{price.name: getattr(given, price.name) for price in fields(Prices)})
    for text in tables(asked, prices):
        print(text, end="\n\n", flush=True)
    if given.draw:
        PLOT.write_text(drawn(hour(asked)), encoding="utf-8")


if __name__ == "__main__":
    main()
