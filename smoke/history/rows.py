"""What a run looks like in the history: the way from a run to rows and back."""

from __future__ import annotations

import json
from dataclasses import dataclass

from smoke.judged import CheckResult, Run
from smoke.model import Blame, Category, Measurement, Outcome, Unit
from smoke.storage.store import Db, Row


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


def insert_run(db: Db, run: Run) -> None:
    """Insert ``run`` with its checks, attempts and measurements, inside the caller's transaction."""
    _insert(
        db, "runs", run.run_id, run.suite, run.environment, run.execution_point, run.region, run.browser, run.base_url,
        run.started, run.finished, run.verdict, run.passed, run.action, run.reason, run.failed_category,
        run.expected_build, json.dumps(run.builds), run.config_sha256,
    )  # fmt: skip
    for result in run.results:
        _insert_result(db, run.run_id, result)


def select_runs(db: Db, where: str, values: tuple[str, ...], limit: int) -> tuple[PastRun, ...]:
    """Return the newest ``limit`` runs that meet the SQL condition ``where``, the newest first."""
    query = f"SELECT * FROM runs WHERE {where} ORDER BY started DESC, run_id DESC LIMIT ?"  # noqa: S608 - our own text
    return tuple(_past_run(db, row) for row in db.execute(query, (*values, limit)).fetchall())


def _insert(db: Db, table: str, *row: object) -> None:
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own table names


def _insert_result(db: Db, run_id: str, result: CheckResult) -> None:
    check, key = result.check, (run_id, result.check.id)
    judged = (result.outcome, result.blame, result.duration_ms, result.reason)
    _insert(db, "checks", *key, check.category, check.kind, check.critical, *judged)
    for attempt in result.attempts:
        findings = json.dumps([[finding.blame, finding.rule] for finding in attempt.findings])
        timed = (attempt.number, attempt.started, attempt.duration_ms)
        _insert(db, "attempts", *key, *timed, attempt.outcome, findings)
        for taken in attempt.measurements:
            _insert(db, "measurements", *key, attempt.number, taken.name, taken.value, taken.unit, taken.budget)


def _past_run(db: Db, row: Row) -> PastRun:
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


def _past_check(db: Db, row: Row) -> PastCheck:
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


def _last_measurements(db: Db, run_id: str, check_id: str) -> tuple[Measurement, ...]:
    rows = db.execute(
        "SELECT name, value, unit, budget FROM measurements WHERE run_id = ?1 AND check_id = ?2 AND attempt ="
        " (SELECT max(number) FROM attempts WHERE run_id = ?1 AND check_id = ?2) ORDER BY rowid",
        (run_id, check_id),
    )
    return tuple(
        Measurement(name=name, value=value, unit=Unit(unit), budget=budget) for name, value, unit, budget in rows
    )
