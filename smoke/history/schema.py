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

MIGRATIONS = (_FIRST, _MONITORING)
"""What leads from each schema version to the next, statements parted by semicolons; only ever appended to."""
