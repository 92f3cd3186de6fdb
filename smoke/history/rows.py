"""What a run looks like in the history: the way from a run to rows, in whichever table, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from smoke.judging.judged import CheckResult, Run
from smoke.model import Blame, Category, Outcome
from smoke.observation import Measurement, Unit
from smoke.storage.store import Db, Row, insert

RUN = (
    "run_id", "suite", "environment", "execution_point", "region", "browser", "base_url", "started", "finished",
    "verdict", "passed", "action", "reason", "failed_category", "expected_build", "builds", "config_sha256",
)  # fmt: skip
CHECK = ("check_id", "category", "kind", "critical", "outcome", "blame", "duration_ms", "reason")
ATTEMPT = ("check_id", "number", "started", "duration_ms", "outcome", "findings")
MEASUREMENT = ("check_id", "attempt", "position", "name", "value", "unit", "budget")

_INSERT_RUN = insert("runs", RUN)
_INSERT_CHECK = insert("checks", (*CHECK, "run_id", "place", "at"))
_INSERT_ATTEMPT = insert("attempts", (*ATTEMPT, "run_id"))
_INSERT_MEASUREMENT = insert("measurements", (*MEASUREMENT, "decides", "run_id", "place", "at"))
_INSERT_PLACE = insert("places", ("place", "suite", "environment", "region"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCheck:
    """A check as an earlier run judged it."""

    check_id: str
    category: Category
    critical: bool
    outcome: Outcome
    blame: Blame | None
    duration_ms: float
    reason: str | None
    measurements: tuple[Measurement, ...]
    """Of the deciding attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """An earlier run."""

    run_id: str
    suite: str
    environment: str
    execution_point: str
    region: str
    started: float
    """Seconds since the epoch, as ``finished``."""
    finished: float
    verdict: Outcome
    passed: bool
    reason: str
    failed_category: Category | None
    builds: tuple[str, ...]
    checks: tuple[PastCheck, ...]
    """Ordered by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRows:
    """A run as it is kept: values in the order of RUN, CHECK, ATTEMPT and MEASUREMENT."""

    run: Sequence[object]
    checks: Sequence[Sequence[object]]
    attempts: Sequence[Sequence[object]]
    measurements: Sequence[Sequence[object]]

    @property
    def run_id(self) -> str:
        """Names it in all tables."""
        return str(self.run[0])


def rows_of(run: Run) -> RunRows:
    """Return ``run`` as it is kept."""
    return RunRows(
        run=(
            run.run_id, run.suite, run.environment, run.execution_point, run.region, run.browser, run.base_url,
            run.started, run.finished, run.verdict, int(run.passed), run.action, run.reason, run.failed_category,
            run.expected_build, json.dumps(list(run.builds)), run.config_sha256,
        ),
        checks=[_check_row(result) for result in run.results],
        attempts=[row for result in run.results for row in _attempt_rows(result)],
        measurements=[row for result in run.results for row in _measurement_rows(result)],
    )  # fmt: skip


def insert_rows(db: Db, rows: RunRows) -> bool:
    """Insert a run inside the caller's transaction; return False where one of its id is already kept."""
    if db.execute("SELECT 1 FROM runs WHERE run_id = ?", (rows.run_id,)).fetchone():
        return False
    told = dict(zip(RUN, rows.run, strict=True))
    place = _place(db, (told["suite"], told["environment"], told["region"]))
    there = (rows.run_id, place, told["finished"])
    decides = dict(sorted((str(row[0]), int(str(row[1]))) for row in rows.attempts))
    db.execute(_INSERT_RUN, rows.run)
    db.executemany(_INSERT_CHECK, [(*row, *there) for row in rows.checks])
    db.executemany(_INSERT_ATTEMPT, [(*row, rows.run_id) for row in rows.attempts])
    measured = [(*row, int(decides.get(str(row[0])) == row[1]), *there) for row in rows.measurements]
    db.executemany(_INSERT_MEASUREMENT, measured)
    return True


def select_rows(db: Db, run_id: str) -> RunRows | None:
    """Return a run as it is kept, None where it is not."""

    def every(table: str, columns: Sequence[str], order: str) -> list[tuple[object, ...]]:
        query = f"SELECT {', '.join(columns)} FROM {table} WHERE run_id = ? ORDER BY {order}"  # noqa: S608 - our own names
        return [tuple(row) for row in db.execute(query, (run_id,))]

    if not (found := every("runs", RUN, "run_id")):
        return None
    return RunRows(
        run=found[0],
        checks=every("checks", CHECK, "check_id"),
        attempts=every("attempts", ATTEMPT, "check_id, number"),
        measurements=every("measurements", MEASUREMENT, "check_id, attempt, position"),
    )


def select_runs(db: Db, where: str, values: tuple[object, ...], limit: int) -> tuple[PastRun, ...]:
    """Return the newest ``limit`` runs that meet the SQL condition ``where``, the newest first."""
    query = f"SELECT * FROM runs WHERE {where} ORDER BY started DESC, run_id DESC LIMIT ?"  # noqa: S608 - our own text
    return tuple(_past_run(db, row) for row in db.execute(query, (*values, limit)).fetchall())


def _place(db: Db, named: tuple[object, ...]) -> int:
    query = "SELECT place FROM places WHERE suite = ? AND environment = ? AND region = ?"
    if (row := db.execute(query, named).fetchone()) is None:
        number = db.execute("SELECT coalesce(max(place), 0) + 1 FROM places").fetchone()[0]
        db.execute(_INSERT_PLACE, (number, *named))
        return int(number)
    return int(row[0])


def _check_row(result: CheckResult) -> tuple[object, ...]:
    check = result.check
    judged = (result.outcome, result.blame, result.duration_ms, result.reason)
    return (check.id, check.category, check.kind, int(check.critical), *judged)


def _attempt_rows(result: CheckResult) -> list[tuple[object, ...]]:
    return [
        (
            result.check.id, attempt.number, attempt.started, attempt.duration_ms, attempt.outcome,
            json.dumps([[finding.blame, finding.rule] for finding in attempt.findings]),
        )
        for attempt in result.attempts
    ]  # fmt: skip


def _measurement_rows(result: CheckResult) -> list[tuple[object, ...]]:
    return [
        (result.check.id, attempt.number, position, taken.name, taken.value, taken.unit, taken.budget)
        for attempt in result.attempts
        for position, taken in enumerate(attempt.measurements)
    ]


def _past_run(db: Db, row: Row) -> PastRun:
    checks = db.execute("SELECT * FROM checks WHERE run_id = ? ORDER BY check_id", (row["run_id"],)).fetchall()
    query = (
        "SELECT check_id, name, value, unit, budget FROM measurements WHERE run_id = ? AND decides = 1"
        " ORDER BY check_id, position"
    )
    measured: dict[str, list[Measurement]] = {}
    for check_id, name, value, unit, budget in db.execute(query, (row["run_id"],)):
        taken = Measurement(name=name, value=value, unit=Unit(unit), budget=budget)
        measured.setdefault(check_id, []).append(taken)
    as_they_are = ("run_id", "suite", "environment", "execution_point", "region", "started", "finished", "reason")
    return PastRun(
        **{name: row[name] for name in as_they_are},
        verdict=Outcome(row["verdict"]),
        passed=bool(row["passed"]),
        failed_category=Category(row["failed_category"]) if row["failed_category"] else None,
        builds=tuple(json.loads(row["builds"])),
        checks=tuple(_past_check(check, measured.get(check["check_id"], [])) for check in checks),
    )


def _past_check(row: Row, measured: Sequence[Measurement]) -> PastCheck:
    return PastCheck(
        check_id=row["check_id"],
        category=Category(row["category"]),
        critical=bool(row["critical"]),
        outcome=Outcome(row["outcome"]),
        blame=Blame(row["blame"]) if row["blame"] else None,
        duration_ms=row["duration_ms"],
        reason=row["reason"],
        measurements=tuple(measured),
    )
