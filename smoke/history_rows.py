"""What a run looks like in the history: its tables, and the way from a run to rows and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from smoke.judged import CheckResult, Run
from smoke.model import Blame, Category, Measurement, Outcome, Unit

_FIRST = """
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, suite TEXT, environment TEXT, execution_point TEXT, region TEXT, browser TEXT,
  base_url TEXT, started REAL, finished REAL, verdict TEXT, passed INTEGER, action TEXT, reason TEXT,
  failed_category TEXT, expected_build TEXT, builds TEXT, config_sha256 TEXT
) WITHOUT ROWID;
CREATE INDEX runs_by_time ON runs (suite, environment, started);
CREATE TABLE checks (
  run_id TEXT, check_id TEXT, category TEXT, kind TEXT, critical INTEGER, outcome TEXT, blame TEXT,
  duration_ms REAL, reason TEXT, PRIMARY KEY (run_id, check_id)
) WITHOUT ROWID;
CREATE TABLE attempts (
  run_id TEXT, check_id TEXT, number INTEGER, started REAL, duration_ms REAL, outcome TEXT, findings TEXT,
  PRIMARY KEY (run_id, check_id, number)
) WITHOUT ROWID;
CREATE TABLE measurements (
  run_id TEXT, check_id TEXT, attempt INTEGER, name TEXT, value REAL, unit TEXT, budget REAL
);
CREATE INDEX measurements_by_check ON measurements (run_id, check_id, attempt);
CREATE TABLE begun (
  run_id TEXT PRIMARY KEY, suite TEXT, environment TEXT, execution_point TEXT, started REAL, due REAL,
  pid INTEGER, host TEXT
) WITHOUT ROWID
"""

MIGRATIONS = (_FIRST,)
"""What leads from each schema version to the next, statements parted by semicolons; only ever appended to."""


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


def insert_run(db: sqlite3.Connection, run: Run) -> None:
    """Insert ``run`` with its checks, attempts and measurements, inside the caller's transaction."""
    _insert(
        db, "runs", run.run_id, run.suite, run.environment, run.execution_point, run.region, run.browser, run.base_url,
        run.started, run.finished, run.verdict, run.passed, run.action, run.reason, run.failed_category,
        run.expected_build, json.dumps(list(run.builds)), run.config_sha256,
    )  # fmt: skip
    for result in run.results:
        _insert_result(db, run.run_id, result)


def select_runs(db: sqlite3.Connection, where: str, values: tuple[str, ...], limit: int) -> tuple[PastRun, ...]:
    """Return the newest ``limit`` runs that meet the SQL condition ``where``, the newest first."""
    query = f"SELECT * FROM runs WHERE {where} ORDER BY started DESC, run_id DESC LIMIT ?"  # noqa: S608 - our own text
    return tuple(_past_run(db, row) for row in db.execute(query, (*values, limit)).fetchall())


def _insert(db: sqlite3.Connection, table: str, *row: object) -> None:
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own table names


def _insert_result(db: sqlite3.Connection, run_id: str, result: CheckResult) -> None:
    check, key = result.check, (run_id, result.check.id)
    judged = (result.outcome, result.blame, result.duration_ms, result.reason)
    _insert(db, "checks", *key, check.category, check.kind, check.critical, *judged)
    for attempt in result.attempts:
        findings = json.dumps([[finding.blame, finding.rule] for finding in attempt.findings])
        timed = (attempt.number, attempt.started, attempt.duration_ms)
        _insert(db, "attempts", *key, *timed, attempt.outcome, findings)
        for taken in attempt.measurements:
            _insert(db, "measurements", *key, attempt.number, taken.name, taken.value, taken.unit, taken.budget)


def _past_run(db: sqlite3.Connection, row: sqlite3.Row) -> PastRun:
    checks = db.execute("SELECT * FROM checks WHERE run_id = ? ORDER BY check_id", (row["run_id"],)).fetchall()
    as_they_are = ("run_id", "suite", "environment", "execution_point", "region", "started", "finished", "reason")
    return PastRun(
        **{name: row[name] for name in as_they_are},
        verdict=Outcome(row["verdict"]),
        passed=bool(row["passed"]),
        failed_category=Category(row["failed_category"]) if row["failed_category"] else None,
        builds=tuple(json.loads(row["builds"])),
        checks=tuple(_past_check(db, check) for check in checks),
    )


def _past_check(db: sqlite3.Connection, row: sqlite3.Row) -> PastCheck:
    return PastCheck(
        check_id=row["check_id"],
        category=Category(row["category"]),
        critical=bool(row["critical"]),
        outcome=Outcome(row["outcome"]),
        blame=Blame(row["blame"]) if row["blame"] else None,
        duration_ms=row["duration_ms"],
        reason=row["reason"],
        measurements=_last_measurements(db, row["run_id"], row["check_id"]),
    )


def _last_measurements(db: sqlite3.Connection, run_id: str, check_id: str) -> tuple[Measurement, ...]:
    rows = db.execute(
        "SELECT name, value, unit, budget FROM measurements WHERE run_id = ?1 AND check_id = ?2 AND attempt ="
        " (SELECT max(number) FROM attempts WHERE run_id = ?1 AND check_id = ?2) ORDER BY rowid",
        (run_id, check_id),
    )
    return tuple(
        Measurement(name=name, value=value, unit=Unit(unit), budget=budget) for name, value, unit, budget in rows
    )
