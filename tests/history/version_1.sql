-- A history as the first version of it wrote it.
BEGIN TRANSACTION;
CREATE TABLE attempts (
  run_id TEXT, check_id TEXT, number INTEGER, started REAL, duration_ms REAL, outcome TEXT, findings TEXT,
  PRIMARY KEY (run_id, check_id, number)
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,1763690000.0,120.0,'PASS','[]');
INSERT INTO "attempts" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,1763690000.0,120.0,'PASS','[]');
INSERT INTO "attempts" VALUES('20261101T003000Z-bbbbbbbb','api.test',1,1763690000.0,120.0,'PASS','[]');
INSERT INTO "attempts" VALUES('20261101T003000Z-bbbbbbbb','health.api',1,1763690000.0,120.0,'FAIL','[["APP_5XX", "GET /health (503) == 200"]]');
INSERT INTO "attempts" VALUES('20261101T003000Z-bbbbbbbb','health.api',2,1763690000.0,120.0,'PASS','[]');
INSERT INTO "attempts" VALUES('20261101T010000Z-cccccccc','health.api',1,1763690000.0,120.0,'PASS','[]');
CREATE TABLE begun (
  run_id TEXT PRIMARY KEY, suite TEXT, environment TEXT, execution_point TEXT, started REAL, due REAL,
  pid INTEGER, host TEXT
) WITHOUT ROWID
;
INSERT INTO "begun" VALUES('20261101T013000Z-dddddddd','shop','production','scheduled',1763695400.0,1763695460.0,4242,'runner');
CREATE TABLE checks (
  run_id TEXT, check_id TEXT, category TEXT, kind TEXT, critical INTEGER, outcome TEXT, blame TEXT,
  duration_ms REAL, reason TEXT, PRIMARY KEY (run_id, check_id)
) WITHOUT ROWID;
INSERT INTO "checks" VALUES('20261101T000000Z-aaaaaaaa','health.api','api-health','probe',1,'PASS',NULL,120.0,NULL);
INSERT INTO "checks" VALUES('20261101T000000Z-aaaaaaaa','homepage.load','critical-paths','journey',1,'PASS',NULL,120.0,NULL);
INSERT INTO "checks" VALUES('20261101T003000Z-bbbbbbbb','api.test','api-health','probe',1,'PASS',NULL,120.0,NULL);
INSERT INTO "checks" VALUES('20261101T003000Z-bbbbbbbb','health.api','api-health','probe',1,'FLAKY','APP_5XX',240.0,'GET /health (503) == 200');
INSERT INTO "checks" VALUES('20261101T010000Z-cccccccc','health.api','api-health','probe',1,'FAIL','APP_5XX',120.0,NULL);
CREATE TABLE measurements (
  run_id TEXT, check_id TEXT, attempt INTEGER, name TEXT, value REAL, unit TEXT, budget REAL
);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.load_ms',412.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.ttfb_ms',31.5,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.fcp_ms',250.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.lcp_ms',NULL,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.cls',0.01,'score',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','homepage.load',1,'homepage.dcl_ms',300.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,'health.api.total_ms',42.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,'health.api.dns_ms',1.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,'health.api.db_ms',3.0,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,'health.api.cache_hit_rate',0.93,'ratio',NULL);
INSERT INTO "measurements" VALUES('20261101T000000Z-aaaaaaaa','health.api',1,'health.api.error_rate',0.002,'ratio',NULL);
INSERT INTO "measurements" VALUES('20261101T003000Z-bbbbbbbb','health.api',1,'health.api.total_ms',NULL,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T003000Z-bbbbbbbb','health.api',1,'health.api.dns_ms',1.5,'ms',NULL);
INSERT INTO "measurements" VALUES('20261101T003000Z-bbbbbbbb','health.api',2,'health.api.total_ms',42.5,'ms',100.0);
INSERT INTO "measurements" VALUES('20261101T003000Z-bbbbbbbb','health.api',2,'health.api.error_rate',NULL,'ratio',NULL);
INSERT INTO "measurements" VALUES('20261101T003000Z-bbbbbbbb','health.api',2,'health.api.dns_ms',2.5,'ms',NULL);
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, suite TEXT, environment TEXT, execution_point TEXT, region TEXT, browser TEXT,
  base_url TEXT, started REAL, finished REAL, verdict TEXT, passed INTEGER, action TEXT, reason TEXT,
  failed_category TEXT, expected_build TEXT, builds TEXT, config_sha256 TEXT
) WITHOUT ROWID;
INSERT INTO "runs" VALUES('20261101T000000Z-aaaaaaaa','shop','production','scheduled','eu-west-1','chromium','https://shop.example',1763690000.0,1763690012.5,'PASS',1,'proceed','all 2 checks passed',NULL,NULL,'["abc123"]','');
INSERT INTO "runs" VALUES('20261101T003000Z-bbbbbbbb','shop','production','scheduled','us-east-1','chromium','https://shop.example',1763691800.0,1763691812.0,'FLAKY',1,'proceed','all 2 checks passed',NULL,NULL,'["a", "b"]','');
INSERT INTO "runs" VALUES('20261101T010000Z-cccccccc','shop','staging','scheduled','eu-west-1','chromium','https://shop.example',1763693600.0,1763693612.0,'FAIL',0,'proceed','all 2 checks passed','api-health',NULL,'["abc123"]','');
CREATE INDEX runs_by_time ON runs (suite, environment, started);
CREATE INDEX measurements_by_check ON measurements (run_id, check_id, attempt);
COMMIT;
PRAGMA user_version = 1;
