"""A year of runs, made by the database itself: as many rows one by one would take an hour."""

from __future__ import annotations

from smoke.storage.store import Store

PLACE = ("shop", "production")
REGIONS = ("ap-south-1", "eu-west-1", "us-east-1")
A_DAY = 48
END = 1_800_000_000.0
RUNS = 365 * A_DAY * len(REGIONS)
FIRST = END - 365 * 86_400
NAMES = tuple(
    (100 + number, f"area-{number % 7}.check-{100 + number}", f"check-{100 + number}.total_ms") for number in range(60)
)
INDEXES = ("runs_by_time", "runs_by_end", "runs_by_age", "checks_by_time", "measurements_by_time")
"""Made anew when all rows are there."""

_RUN = "'20260101T000000Z-' || CAST(n AS TEXT)"
_REGION = f"CASE n % 3 WHEN 0 THEN '{REGIONS[0]}' WHEN 1 THEN '{REGIONS[1]}' ELSE '{REGIONS[2]}' END"
_END = f"{FIRST} + (n - 100000) / 3 * 1800 + n % 3 * 20.0 + 14.25"
_FAILS = "(n * 7919 + 13) % 997 < 4"
_RUNS = f"""
WITH RECURSIVE runs_of(n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM runs_of WHERE n < {100000 + RUNS - 1})
INSERT INTO runs SELECT {_RUN}, '{PLACE[0]}', '{PLACE[1]}', 'scheduled', {_REGION}, 'chromium', 'https://shop.example',
  {_END} - 14.25, {_END}, CASE WHEN {_FAILS} THEN 'FAIL' ELSE 'PASS' END, CASE WHEN {_FAILS} THEN 0 ELSE 1 END,
  'proceed', 'all 60 checks passed', NULL, NULL, '["abc123"]', 'c0ffee' FROM runs_of
"""
_NAMES = ", ".join(f"({number}, '{check}', '{name}')" for number, check, name in NAMES)
_EACH = f"""
WITH RECURSIVE runs_of(n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM runs_of WHERE n < {100000 + RUNS - 1}),
names(k, check_id, name) AS (VALUES {_NAMES})
"""
_PLACE = "n % 3 + 1"
_TOOK = "100.0 + (n * 31 + k * 17) % 400"
_TABLES = (
    f"""{_EACH} INSERT INTO checks
    (run_id, check_id, category, kind, critical, outcome, blame, duration_ms, reason, place, at)
    SELECT {_RUN}, check_id, 'api-health', 'probe', 1,
    CASE WHEN {_FAILS} AND k < 110 THEN 'FAIL' ELSE 'PASS' END, NULL, {_TOOK}, NULL, {_PLACE}, {_END}
    FROM runs_of CROSS JOIN names""",
    f"""{_EACH} INSERT INTO attempts SELECT {_RUN}, check_id, 1, {_END} - 9, {_TOOK}, 'PASS', '[]'
    FROM runs_of CROSS JOIN names""",
    f"""{_EACH} INSERT INTO measurements
    (run_id, check_id, attempt, position, name, value, unit, budget, decides, place, at)
    SELECT {_RUN}, check_id, 1, 0, name, {_TOOK}, 'ms', 500.0, 1, {_PLACE}, {_END}
    FROM runs_of CROSS JOIN names""",
)


def fill(store: Store) -> int:
    """Fill the empty history in ``store`` and return how many checks it has."""
    with store.reading() as db:
        if hasattr(db, "connection"):
            db.execute("SET statement_timeout TO 0")
            made = [row[0] for row in db.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'smoke'")]
        else:
            made = [
                row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            ]
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
                db.execute(f"PRAGMA {pragma}")
        for index in INDEXES:
            db.execute(f"DROP INDEX {index}")
        for number, region in enumerate(REGIONS, start=1):
            db.execute("INSERT INTO places VALUES (?, ?, ?, ?)", (number, *PLACE, region))
        for statement in (_RUNS, *_TABLES, *(each for each in made if each.split()[2] in INDEXES)):
            db.execute(statement)
        if hasattr(db, "connection"):
            db.execute("VACUUM (ANALYZE)")
        return int(db.execute("SELECT count(*) FROM checks").fetchone()[0])
