"""What alerts and status pages ask of a year of runs: 48 a day in 3 regions, 60 checks each."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.goals import Measured, measured
from benchmarks.past_year import END, NAMES, PLACE, REGIONS, fill
from smoke.availability.gathering import Expectations, availability
from smoke.config.cron_schedule import Schedule
from smoke.history.incidents import Incidents
from smoke.history.opening import history_database, history_file
from smoke.history.outbox import Outbox
from smoke.history.reader import Reader
from smoke.history.runs import History
from smoke.secrets.secret import Secret
from smoke.storage.store import Store
from tests.support import postgres

MINUTE, DAY = 60.0, 86_400.0
Query = Callable[[], object]
Clock = Callable[[], float]


def history_queries(n: int) -> list[Measured]:
    """Return the times of the slowest query of each database, each asked ``n`` times; the others go to stdout.

    Those of SQLite are CPU time: all of it is spent in this process, and says the same on a machine that others use.
    """
    figures = [_asked("history, SQLite", _file, time.process_time, n)]
    if (why := postgres.missing()) is None:
        figures.append(_asked("history, PostgreSQL", _database, time.perf_counter, n))
    else:
        print(f"history, PostgreSQL: {why}", file=sys.stderr)
    return figures


def queries(store: Store) -> Mapping[str, Query]:
    """Return everything that is asked between two runs, by what it is for."""
    reader, history = Reader(store), History(store)
    _, check, name = NAMES[7]
    schedule = Schedule(suite=PLACE[0], environment=PLACE[1], cron="*/30 * * * *", regions=REGIONS)
    expected = Expectations(schedules=(schedule,), alerts=None)

    def since(seconds: float) -> tuple[str, str, float, float]:
        return (*PLACE, END - seconds, END)

    return {
        "all checks of 10 minutes": lambda: reader.checks(*since(10 * MINUTE)),
        "all checks of a day": lambda: reader.checks(*since(DAY)),
        "one check, 7 days": lambda: reader.checks(*since(7 * DAY), check),
        "runs, 7 days": lambda: reader.runs(*since(7 * DAY)),
        "one measurement, 10 minutes": lambda: reader.readings(*since(10 * MINUTE), name=name),
        "one measurement, 7 days": lambda: reader.readings(*since(7 * DAY), name=name),
        "availability, 7 days": lambda: availability(store, expected, PLACE, END - 7 * DAY, END),
        "newest verdict": lambda: reader.last_end(*PLACE, region=REGIONS[1], points=["scheduled"]),
        "percentiles by day, 90 days": lambda: reader.percentiles(*since(90 * DAY), name=name),
        "durations": lambda: history.durations(*PLACE),
        "what vanished": lambda: history.vanished(END),
        "open incidents": lambda: Incidents(store).between(END, END + 1),
        "due deliveries": lambda: Outbox(store).due("datadog", END),
    }


def _asked(goal: str, opened: Callable[[], Iterator[Store]], clock: Clock, n: int) -> Measured:
    with contextmanager(opened)() as store:
        begun = time.perf_counter()
        rows = fill(store)
        print(f"{goal}: {rows:,} checks of a year, made in {time.perf_counter() - begun:.0f} s", flush=True)
        times = {name: _times(query, clock, n) for name, query in queries(store).items()}
    for name, each in sorted(times.items(), key=lambda item: -statistics.median(item[1])):
        print(f"  {name:<30} {statistics.median(each):6.1f} ms  ({min(each):.1f} to {max(each):.1f})")
    return measured(goal, max(times.values(), key=statistics.median))


def _times(query: Query, clock: Clock, n: int) -> list[float]:
    taken = []
    for _ in range(n):
        begun = clock()
        query()
        taken.append(1000 * (clock() - begun))
    return taken


def _file() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        yield history_file(Path(folder) / "history.db")


def _database() -> Iterator[Store]:
    with postgres.server() as url:
        yield history_database(Secret(url))
