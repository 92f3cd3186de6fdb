"""The tables of the history, and what leads to them from those of earlier versions."""

from __future__ import annotations

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
_MONITORING = """
CREATE TABLE deliveries (
  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, kind TEXT, body TEXT, created REAL,
  expires REAL, tries INTEGER, next_try REAL, state TEXT, note TEXT, holder TEXT, held_until REAL, changed REAL
);
CREATE INDEX deliveries_waiting ON deliveries (recipient, number) WHERE state = 'waiting';
CREATE TABLE incidents (
  incident_id TEXT PRIMARY KEY, suite TEXT, environment TEXT, rule TEXT, opened REAL, closed REAL, body TEXT
) WITHOUT ROWID;
CREATE INDEX incidents_by_time ON incidents (opened);
CREATE INDEX incidents_open ON incidents (suite, environment) WHERE closed IS NULL
"""
_OVER_TIME = """
CREATE TABLE places (
  place INTEGER PRIMARY KEY, suite TEXT, environment TEXT, region TEXT, UNIQUE (suite, environment, region)
);
INSERT INTO places SELECT row_number() OVER (ORDER BY suite, environment, region), suite, environment, region
  FROM (SELECT DISTINCT suite, environment, region FROM runs) AS seen;
CREATE INDEX runs_by_end ON runs (suite, environment, finished, run_id, verdict, region);
ALTER TABLE checks ADD COLUMN place INTEGER;
ALTER TABLE checks ADD COLUMN at REAL;
UPDATE checks SET at = (SELECT finished FROM runs WHERE runs.run_id = checks.run_id), place = (
  SELECT place FROM places JOIN runs ON runs.suite = places.suite AND runs.environment = places.environment
  AND runs.region = places.region WHERE runs.run_id = checks.run_id
);
CREATE INDEX checks_by_time ON checks (place, check_id, at, outcome, duration_ms);
DROP INDEX measurements_by_check;
ALTER TABLE measurements RENAME TO old_measurements;
CREATE TABLE measurements (
  run_id TEXT, check_id TEXT, attempt INTEGER, position INTEGER, name TEXT, value REAL, unit TEXT, budget REAL,
  decides INTEGER, place INTEGER, at REAL, PRIMARY KEY (run_id, check_id, attempt, position)
) WITHOUT ROWID;
INSERT INTO measurements SELECT
  old.run_id, old.check_id, attempt,
  row_number() OVER (PARTITION BY old.run_id, old.check_id, attempt ORDER BY old.rowid), name, value, unit, budget,
  CASE WHEN attempt = (
    SELECT max(number) FROM attempts WHERE attempts.run_id = old.run_id AND attempts.check_id = old.check_id
  ) THEN 1 ELSE 0 END, checks.place, checks.at
  FROM old_measurements AS old JOIN checks ON checks.run_id = old.run_id AND checks.check_id = old.check_id;
DROP TABLE old_measurements;
CREATE INDEX measurements_by_time ON measurements (place, name, decides, at, value)
"""
_SCHEDULE = """
CREATE TABLE slots (
  suite TEXT, environment TEXT, region TEXT, slot REAL, started REAL, drift REAL,
  PRIMARY KEY (suite, environment, region, slot)
) WITHOUT ROWID;
CREATE TABLE heartbeats (
  suite TEXT, environment TEXT, region TEXT, at REAL, PRIMARY KEY (suite, environment, region)
) WITHOUT ROWID;
CREATE TABLE deployment_history (
  suite TEXT, environment TEXT, build TEXT, commit_id TEXT, point TEXT, at REAL, committed_at REAL, success INTEGER,
  failure_reason TEXT, detected_at REAL, PRIMARY KEY (suite, environment, at, build, point)
) WITHOUT ROWID
"""
_ACTIONS = """
CREATE TABLE actions (
  key TEXT PRIMARY KEY, suite TEXT, environment TEXT, point TEXT, build TEXT, action TEXT, begun REAL, ended REAL,
  ok INTEGER, detail TEXT
) WITHOUT ROWID
"""
_OLD = "CREATE INDEX runs_by_age ON runs (finished)"

MIGRATIONS = (_FIRST, _MONITORING, _OVER_TIME, _SCHEDULE, _ACTIONS, _OLD)
"""What leads from each schema version to the next, statements parted by semicolons; only ever appended to."""
