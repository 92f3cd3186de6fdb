"""Measures what one run needs of a machine and of a history: what docs/scale.md reckons with. `make bench-footprint`.

Leave the machine alone meanwhile. What it prints stands in benchmarks/fleet_sizes.py.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.__main__ import warn_if_busy
from benchmarks.timing import ROOT, timed
from smoke.alerts.checking import check
from smoke.config.alerts.alerting import alerting
from smoke.demo.process import DemoProcess, start
from smoke.history.opening import history_database, history_file
from smoke.history.rows import RUN, RunRows, insert_rows, select_rows
from smoke.history.runs import History
from smoke.host.supervisor import adopt_orphans
from smoke.secrets.secret import Secret
from smoke.storage.store import Store
from tests.support import postgres

KINDS = {
    "probes": ("deltacrown", ("--check", "uptime")),
    "journeys": ("betterprompts", ()),
}
"""What is run as probes only, and what with journeys."""
LOOK_S = 0.1
COPIES = 1000
"""Runs that are kept to see how many bytes each takes."""
DAY = 86_400.0
PLACE = ("deltacrown", "production")
TABLES = ("runs", "checks", "attempts", "measurements", "slots", "places")


def command(kind: str, reports: Path) -> list[str]:
    """Return the command line of a run, as a schedule starts it."""
    suite, narrowed = KINDS[kind]
    point = ["run", "scheduled", "--suite", suite, "--env", "production"] if kind == "probes" else ["run"]
    return [sys.executable, "-m", "smoke", *point, *narrowed, "--reports", str(reports)]


def environ(kind: str, demo: DemoProcess) -> dict[str, str]:
    """Return the environment in which the target is the embedded application."""
    return {**os.environ, **demo.environ, "SMOKE_BASE_URL": demo.base_urls[KINDS[kind][0]]}


def memory_mb(line: Sequence[str], around: dict[str, str]) -> float:
    """Return the most memory that a run and all that it started held at once, shared pages counted once (PSS)."""
    child = subprocess.Popen(line, cwd=ROOT, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, never = 0, threading.Event()
    while child.poll() is None:
        most = max(most, sum(_held_kb(pid) for pid in _tree(child.pid)))
        never.wait(LOOK_S)
    return most * 1024 / 1e6


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return


def _held_kb(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def runs(kind: str, count: int, folder: Path) -> None:
    """Print what runs of a kind take."""
    with start() as demo:
        around, line = environ(kind, demo), command(kind, folder / kind)
        timed(line, around)  # warms caches
        took = [timed(line, around) for _ in range(count)]
        most = memory_mb(line, around)
    walls, cpus = sorted(each.wall_s for each in took), [each.cpu_s for each in took]
    metrics = (folder / kind / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    print(f"{kind}: wall {statistics.median(walls):.2f} s ({walls[0]:.2f} to {walls[-1]:.2f}) of {count} runs")
    print(f"{kind}: CPU {statistics.median(cpus):.2f} s ({min(cpus):.2f} to {max(cpus):.2f}), all processes")
    print(f"{kind}: memory {most:.0f} MB, all processes")
    newest = metrics[-1].partition(",")[0]
    print(f"{kind}: {sum(line.startswith(newest) for line in metrics)} series of metrics", flush=True)


def kept(kind: str, folder: Path) -> RunRows:
    """Return the newest run of a kind as the history keeps it."""
    with history_file(folder / kind / "history.db").reading() as db:
        (newest,) = db.execute("SELECT run_id FROM runs ORDER BY finished DESC LIMIT 1").fetchone()
        found = select_rows(db, newest)
    assert found
    return found


def copies(rows: RunRows, count: int, ending: float) -> Iterator[RunRows]:
    """Yield ``rows`` again and again, as runs that began a minute after each other."""
    first = dict(zip(RUN, rows.run, strict=True))
    for number in range(count):
        end = ending - (count - 1 - number) * 60
        told = first | {"run_id": f"20260101T000000Z-{number:08x}", "started": end - 1.0, "finished": end}
        yield replace(rows, run=tuple(told[name] for name in RUN))


def size(kind: str, rows: RunRows, folder: Path) -> None:
    """Print how many rows and bytes a run adds to the history."""
    lines = 1 + len(rows.checks) + len(rows.attempts) + len(rows.measurements)
    path = folder / f"{kind}-size.db"
    store = history_file(path)
    _fill(store, copies(rows, 100, time.time() - DAY))
    before = path.stat().st_size
    _fill(store, (replace(each, run=("b" + str(each.run[0]), *each.run[1:])) for each in copies(rows, COPIES, 2e9)))
    per_run = (path.stat().st_size - before) / COPIES
    print(f"{kind}: {lines} rows and {per_run:,.0f} bytes a run, SQLite (over {COPIES:,} runs)")
    if postgres.missing():
        return
    with postgres.server() as url:
        database = history_database(Secret(url))
        _fill(database, copies(rows, COPIES, time.time()))
        with database.reading() as db:
            held = [db.execute(f"SELECT pg_total_relation_size('smoke.{table}')").fetchone()[0] for table in TABLES]
    print(f"{kind}: {sum(held) / COPIES:,.0f} bytes a run, PostgreSQL with its indexes", flush=True)


def _fill(store: Store, runs_of: Iterator[RunRows]) -> None:
    with store.writing() as db:
        for each in runs_of:
            insert_rows(db, each)


def database(folder: Path) -> None:
    """Print what a run asks of PostgreSQL while nobody else may write, and how many runs it takes in a second."""
    if why := postgres.missing():
        print(f"PostgreSQL: {why}")
        return
    with postgres.server() as url, start() as demo:
        around = environ("probes", demo) | {"SMOKE_HISTORY_URL": url}
        timed(command("probes", folder / "database"), around)  # makes the tables
        with history_database(Secret(url)).reading() as db:
            db.execute("ALTER ROLE smoke SET log_statement TO 'all'")
        log = Path(parse_qs(urlsplit(url).query)["host"][0]) / "log"
        begins = log.stat().st_size
        timed(command("probes", folder / "database"), around)
        with history_database(Secret(url)).reading() as db:
            db.execute("ALTER ROLE smoke RESET log_statement")
        said = log.read_bytes()[begins:].decode(errors="replace")
        asked = re.findall(r"(?:statement|execute [^:]*): (.*)", said)
        held = _held(asked)
        print(f"PostgreSQL: in a run of probes {sum(held)} round trips, in {len(held)} transactions, hold the lock")
        rows = kept("probes", folder)
        for workers in (1, 4):
            print(
                f"PostgreSQL: {_recorded(url, rows, workers, 400):.0f} runs a second from {workers} at once", flush=True
            )


def _held(asked: Sequence[str]) -> list[int]:
    """Return how many round trips followed each taking of the lock; many rows of one table go out in one."""
    found: list[int] = []
    inside = False
    for before, text in itertools.pairwise(asked):
        if "pg_advisory_xact_lock" in text:
            found.append(0)
            inside = True
        elif inside and text != before:
            found[-1] += 1
            inside = not text.startswith(("COMMIT", "ROLLBACK"))
    return found


def _recorded(url: str, rows: RunRows, workers: int, count: int) -> float:
    begun = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    children = [
        context.Process(target=_record, args=(url, rows, f"{workers}-{each}", count)) for each in range(workers)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return workers * count / (time.perf_counter() - begun)


def _record(url: str, rows: RunRows, name: str, count: int) -> None:
    history = History(history_database(Secret(url)))
    for each in copies(rows, count, time.time()):
        run_id = f"{each.run_id}-{name}"
        now = time.time()
        history.begin(
            run_id,
            suite=PLACE[0],
            environment=PLACE[1],
            execution_point="scheduled",
            region=name,
            started=now,
            due=now + 180,
            slot=now,
        )
        with history.store.writing() as db:
            db.execute("DELETE FROM begun WHERE run_id = ?", (run_id,))
            insert_rows(db, replace(each, run=(run_id, *each.run[1:])))


def judging(rows: RunRows, folder: Path, count: int) -> None:
    """Print what it costs to judge the rules after a run, with a week of a run every minute to look back on."""
    store = history_file(folder / "week.db")
    now = time.time()
    _fill(store, copies(rows, int(7 * DAY / 60), now))
    alerts = alerting(ROOT)
    assert alerts
    took = []
    for _ in range(count):
        begun = time.process_time()
        check(store, alerts, ROOT, [PLACE], now)
        took.append(time.process_time() - begun)
    print(f"rules: {statistics.median(took):.2f} s of CPU after a run, of {len(alerts.book.rules)} rules in the file")


def main() -> None:
    """Measure all of it and print it."""
    parser = argparse.ArgumentParser(prog="make bench-footprint", description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="runs of each kind (default: 5)")
    given = parser.parse_args()
    warn_if_busy()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in KINDS:
            runs(kind, given.n, folder)
            size(kind, kept(kind, folder), folder)
        database(folder)
        judging(kept("probes", folder), folder, given.n)


if __name__ == "__main__":
    main()
