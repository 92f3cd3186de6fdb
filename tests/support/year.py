"""A year of four suites, made by the database itself: as many rows one by one would take minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from smoke.alerts.incident import Acknowledged, Incident, incident_id
from smoke.alerts.kept import row_of
from smoke.alerts.notice import Ending
from smoke.alerts.subject import Subject
from smoke.availability.gathering import Expectations
from smoke.config.cron_schedule import Schedule
from smoke.config.load import load
from smoke.history.incidents import Incidents
from smoke.model import Check, CheckKind, Severity
from smoke.planning.plan import Selection, plan
from smoke.storage.store import Db, Store

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
NOW = 1_795_282_500.0
"""2026-11-21 17:35 UTC."""
SLOTS = 365 * 48
FIRST = NOW - 5 * MINUTE + 20 - (SLOTS - 1) * 30 * MINUTE
EVERY_HALF_HOUR = tuple(
    Schedule(suite=suite, environment="production", cron="*/30 * * * *", regions=regions)
    for suite, regions in (
        ("betterprompts", ("us-east-1", "us-west-2", "eu-west-1")),
        ("astronote", ("eu-west-1",)),
        ("deltacrown", ("eu-west-1",)),
        ("mosaic", ("us-east-1",)),
    )
)
EXPECTED = Expectations(schedules=EVERY_HALF_HOUR, alerts=None)
MEASURED = {
    CheckKind.PROBE: (("total_ms", 62.0, "ms", 100.0), ("first_byte_ms", 50.0, "ms", None)),
    CheckKind.JOURNEY: (
        ("load_ms", 1900.0, "ms", 3000.0),
        ("ttfb_ms", 160.0, "ms", 800.0),
        ("fcp_ms", 720.0, "ms", 1800.0),
        ("lcp_ms", 1350.0, "ms", 2500.0),
        ("cls", 0.012, "score", 0.1),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How the year ends for a suite: so many slots, counted back, in which it fails or nobody looks."""

    fails: int = 0
    silent: int = 0


ENDS = {"astronote": Ends(fails=3), "mosaic": Ends(silent=9)}
FINE: Mapping[str, Ends] = {}
INDEXES = ("runs_by_time", "runs_by_end", "checks_by_time", "measurements_by_time")
"""Made anew when all rows are there."""


def fill(store: Store, root: Path, ends: Mapping[str, Ends] = FINE) -> None:
    """Write the year up to NOW of the suites at ``root`` into the empty history ``store``, a SQLite file.

    Measurements are those of the last 100 days: the page draws 90.
    """
    places = [(schedule.suite, region) for schedule in EVERY_HALF_HOUR for region in schedule.regions]
    with store.reading() as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -100000"):
            db.execute(f"PRAGMA {pragma}")
        made = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for index in INDEXES:
            db.execute(f"DROP INDEX {index}")
        for number, (suite, region) in enumerate(places, start=1):
            planned = plan(load(root, suite), "scheduled", "production", Selection())
            _fill_place(db, _Rows(number, suite, region, ends.get(suite, Ends())), planned.checks)
        for name, statement in made:
            if name in INDEXES:
                db.execute(statement)
    for schedule in EVERY_HALF_HOUR:
        for days, lasted in ((8.2, 42 * MINUTE), (33.4, 5 * HOUR), (71.0, 95 * MINUTE)):
            Incidents(store).save(row_of(an_incident(schedule.suite, NOW - days * DAY, lasted)))
        if ends.get(schedule.suite, Ends()).fails:
            Incidents(store).save(row_of(an_incident(schedule.suite, NOW - 65 * MINUTE, None)))


class _Rows:
    """The runs of a suite in a region, numbered by slot (``n``), as parts of SQL."""

    def __init__(self, place: int, suite: str, region: str, ends: Ends) -> None:
        self.place, self.suite, self.region = place, suite, region
        self.run = f"'{suite}-{region}-' || n"
        self.end = f"{FIRST} + n * 1800.0 + {place} + n % 7"
        self.fails = (
            f"((n * 7919 + {place} * 131) % 2003 < 2 OR n BETWEEN {9000 + 40 * place} AND {9003 + 41 * place}"
            f" OR n BETWEEN {15300 + place * 170} AND {15308 + place * 171} OR n >= {SLOTS - ends.fails})"
        )
        self.blind = f"(n * 104729 + {place} * 17) % 1009 < 3"
        self.verdict = (
            f"CASE WHEN {self.fails} THEN 'FAIL' WHEN {self.blind} THEN 'INCONCLUSIVE'"
            f" WHEN (n * 31 + {place} * 7) % 401 < 2 THEN 'FLAKY' ELSE 'PASS' END"
        )
        self.slots = f"WITH RECURSIVE slot(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM slot WHERE n < {SLOTS - 1})"
        gap = 14600 + place * 90
        self.came = (
            f"FROM slot WHERE n < {SLOTS - ends.silent} AND n NOT BETWEEN {gap} AND {gap + 11} AND n % 733 <> {place}"
        )


def _fill_place(db: Db, rows: _Rows, checks: Sequence[Check]) -> None:
    db.execute("INSERT INTO places VALUES (?, ?, 'production', ?)", (rows.place, rows.suite, rows.region))
    db.execute(
        f"{rows.slots} INSERT INTO runs SELECT {rows.run}, '{rows.suite}', 'production', 'scheduled', '{rows.region}',"
        f" 'chromium', 'https://{rows.suite}.example', {rows.end} - 14, {rows.end}, {rows.verdict}, NOT {rows.fails},"
        f""" 'proceed', 'all checks passed', NULL, NULL, '["abc123"]', 'c0ffee' {rows.came}"""
    )
    for index, check in enumerate(checks):
        outcome = rows.verdict if index == 1 else "'PASS'"
        blame = f"CASE WHEN {rows.fails} THEN 'APP_5XX' WHEN {rows.blind} THEN 'EDGE_BLOCKED' END"
        db.execute(
            f"{rows.slots} INSERT INTO checks"
            " (run_id, check_id, category, kind, critical, outcome, blame, duration_ms, reason, place, at)"
            f" SELECT {rows.run}, '{check.id}', '{check.category}', '{check.kind}', {int(check.critical)},"
            f" {outcome}, {blame if index == 1 else 'NULL'}, 100.0, NULL, {rows.place}, {rows.end} {rows.came}"
        )
        for position, (name, usual, unit, budget) in enumerate(MEASURED[check.kind]):
            factor = f"(0.7 + {index % 5 / 10} + ((n * 31 + {17 * index}) % 97) / 300.0 + (n % 2200) / 9000.0)"
            slow = f"CASE WHEN (n + {index * 7}) % 61 = 0 THEN 1.6 ELSE 1.0 END"
            db.execute(
                f"{rows.slots} INSERT INTO measurements"
                " (run_id, check_id, attempt, position, name, value, unit, budget, decides, place, at)"
                f" SELECT {rows.run}, '{check.id}', 1, {position}, '{check.id}.{name}', {usual} * {factor} * {slow},"
                f" '{unit}', {budget or 'NULL'}, 1, {rows.place}, {rows.end} {rows.came} AND n > {SLOTS - 100 * 48}"
            )


def an_incident(
    suite: str, began: float, lasted: float | None, environment: str = "production", **changes: object
) -> Incident:
    """An incident of a rule about a suite, of the most serious kind."""
    subject = Subject(suite=suite, environment=environment)
    opened = began + 12
    return Incident(
        **{
            "id": incident_id("smoke_test_failure", subject, opened),
            "rule": "smoke_test_failure",
            "title": "The smoke test fails",
            "severity": Severity.CRITICAL,
            "subject": subject,
            "began": began,
            "opened": opened,
            "seen": began,
            "value": 0.0,
            "evidence": (f"{suite}: FAIL (api-health)", "GET /health (503) == 200"),
            "condition": "success_rate < 0.9",
            "window": "1 run",
            "runbook": "docs/alert-response-guide.md#smoke_test_failure",
            "recipients": ("oncall@betterprompts.com", "slack:#alerts"),
            "alerted": opened + 5,
            "acknowledged": Acknowledged(by="dana", at=opened + 240),
            "closed": None if lasted is None else began + lasted,
            "ending": None if lasted is None else Ending.RECOVERED,
            **changes,
        }  # type: ignore[arg-type]
    )
