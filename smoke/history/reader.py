"""What alerts and status pages read: lean rows and sums over time, within milliseconds however long the history is."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeVar

from smoke.history.errors import HistoryError
from smoke.history.facts import CheckFact, DayPercentiles, Reading, RunFact
from smoke.model import Blame, Category, Outcome, Place
from smoke.observation import Unit
from smoke.percentiles import percentile
from smoke.spans import A_DAY
from smoke.storage.store import Row, Store

Fact = TypeVar("Fact")
OUTCOME = {each.value: each for each in Outcome}
CATEGORY = {each.value: each for each in Category}
BLAME = {each.value: each for each in Blame}
UNIT = {each.value: each for each in Unit}
"""Words by how they are written: thousands of rows are read at once, and to call an enum takes twice as long."""

_RUN = (
    "run_id, suite, environment, region, execution_point, started, finished, verdict, passed, failed_category, builds"
)
_CHECK = "checks.run_id, at, region, check_id, category, critical, outcome, blame, duration_ms"
_READING = "run_id, at, region, check_id, name, value, unit, budget"
_IN_RUNS = "runs.suite = ? AND runs.environment = ? AND runs.finished >= ? AND runs.finished < ?"
_IN_PLACES = "suite = ? AND environment = ? AND at >= ? AND at < ?"
_RUNS = f"SELECT {_RUN} FROM runs WHERE {_IN_RUNS} ORDER BY finished, run_id"  # noqa: S608 - our own names, as below
_ALL_CHECKS = (
    f"SELECT {_CHECK} FROM runs JOIN checks ON checks.run_id = runs.run_id"  # noqa: S608
    f" WHERE {_IN_RUNS} ORDER BY runs.finished, runs.run_id, check_id"
)
_ONE_CHECK = (
    f"SELECT {_CHECK} FROM places JOIN checks ON checks.place = places.place"  # noqa: S608
    f" WHERE {_IN_PLACES} AND check_id = ? ORDER BY at, checks.run_id"
)
_LAST_END = (
    "SELECT finished FROM runs WHERE suite = ? AND environment = ? AND region = coalesce(?, region) AND finished < ?"
)
_NAMED = (
    "FROM places JOIN measurements ON measurements.place = places.place"
    f" WHERE {_IN_PLACES} AND name = ? AND decides = 1 AND value IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The history in ``store``; every method raises HistoryError.

    Times are seconds since the epoch. A run, and all that it saw, counts at the moment it finished, which is within
    [``since``, ``until``). What has many parts is ordered by that moment, the newest last.
    """

    store: Store

    def places(self) -> tuple[Place, ...]:
        """Return every suite with each environment of which a run is or was known, in alphabetical order."""
        rows = self._rows("SELECT DISTINCT suite, environment FROM places ORDER BY suite, environment")
        return tuple((str(suite), str(environment)) for suite, environment in rows)

    def runs(self, suite: str, environment: str, since: float, until: float) -> tuple[RunFact, ...]:
        """Return the runs of an environment."""
        return self._facts(_run, _RUNS, suite, environment, since, until)

    def last_end(
        self,
        suite: str,
        environment: str,
        *,
        region: str | None = None,
        points: Sequence[str] = (),
        before: float = math.inf,
    ) -> float | None:
        """Return when a run of an environment last ended, in one region or any, at ``points`` or any; None: never.

        One that ended at ``before``, or later, does not count.
        """
        there = f" AND execution_point IN ({', '.join('?' * len(points))})" if points else ""
        query = f"{_LAST_END}{there} ORDER BY finished DESC LIMIT 1"
        rows = self._rows(query, suite, environment, region, before, *points)
        return float(rows[0][0]) if rows else None

    def checks(
        self, suite: str, environment: str, since: float, until: float, check_id: str | None = None
    ) -> tuple[CheckFact, ...]:
        """Return the checks of these runs, or one of them."""
        window = (suite, environment, since, until)
        if check_id is None:
            return self._facts(_check, _ALL_CHECKS, *window)
        return self._facts(_check, _ONE_CHECK, *window, check_id)

    def readings(self, suite: str, environment: str, since: float, until: float, *, name: str) -> tuple[Reading, ...]:
        """Return what was measured under ``name`` in deciding attempts; what was not observed is not among it."""
        query = f"SELECT {_READING} {_NAMED} ORDER BY at, run_id, check_id"
        return self._facts(_reading, query, suite, environment, since, until, name)

    def percentiles(
        self, suite: str, environment: str, since: float, until: float, *, name: str
    ) -> tuple[DayPercentiles, ...]:
        """Return how the values of ``name`` were spread over each day of UTC that has any."""
        rows = self._rows(f"SELECT at, value {_NAMED}", suite, environment, since, until, name)
        return tuple(_percentiles(day, sorted(values)) for day, values in _by_day(rows))

    def _facts(self, made: Callable[[Row], Fact], query: str, *values: object) -> tuple[Fact, ...]:
        try:
            return tuple(made(row) for row in self._rows(query, *values))
        except (KeyError, ValueError) as error:
            raise HistoryError(f"the history has a row that nobody here wrote: {error!r}; remove its run") from error

    def _rows(self, query: str, *values: object) -> list[Row]:
        with self.store.reading() as db:
            return db.execute(query, values).fetchall()


def _by_day(rows: Iterable[Row]) -> Iterator[tuple[date, list[float]]]:
    days: defaultdict[int, list[float]] = defaultdict(list)
    for at, value in rows:
        days[int(at // A_DAY)].append(value)
    return ((datetime.fromtimestamp(day * A_DAY, UTC).date(), values) for day, values in sorted(days.items()))


def _percentiles(day: date, ordered: Sequence[float]) -> DayPercentiles:
    p50, p95, p99 = (percentile(ordered, percent) for percent in (50, 95, 99))
    return DayPercentiles(day=day, count=len(ordered), p50=p50, p95=p95, p99=p99)


def _run(row: Row) -> RunFact:
    run_id, suite, environment, region, point, started, finished, verdict, passed, failed, builds = row
    return RunFact(
        run_id=run_id,
        suite=suite,
        environment=environment,
        region=region,
        execution_point=point,
        started=started,
        finished=finished,
        verdict=OUTCOME[verdict],
        passed=bool(passed),
        failed_category=CATEGORY[failed] if failed else None,
        builds=_builds(builds),
    )


def _check(row: Row) -> CheckFact:
    run_id, at, region, check_id, category, critical, outcome, blame, duration_ms = row
    fault = BLAME[blame] if blame else None
    judged = (CATEGORY[category], bool(critical), OUTCOME[outcome], fault, duration_ms)
    return CheckFact(run_id, at, region, check_id, *judged)


def _reading(row: Row) -> Reading:
    run_id, at, region, check_id, name, value, unit, budget = row
    return Reading(run_id, at, region, check_id, name, value, UNIT[unit], budget)


@lru_cache(maxsize=256)
def _builds(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
