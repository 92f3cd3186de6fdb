"""Releases from gate to gate, driven by ``smoke gate`` alone against a platform that really shifts traffic.

Each build that must not go out ends in the right action, once, with the right reason and record; time is scaled.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer

from smoke.demo.breaks import Break
from tests.gates.platform import Platform, platform
from tests.support import warm
from tests.support.datadog_intake import intake_on, reply, show_queries
from tests.support.datadog_spec import QUERY

ROOT = Path(__file__).parents[2]
HOOKS = {
    "rollback": {"webhook": "$ROLLBACK_URL", "timeout_s": 10},
    "escalate": {"command": [sys.executable, "escalate.py"], "timeout_s": 10},
}
ESCALATE = """\
import json, os, urllib.request
body = json.dumps({"severity": json.loads(os.environ["SMOKE_GATE_DECISION"])["severity"]}).encode()
urllib.request.urlopen(urllib.request.Request(os.environ["ESCALATE_URL"], body, method="POST"))
"""
SUCCEEDED = {"SMOKE_PIPELINE_RESULT": "success"}
WATCH = {"duration_s": 2, "max_error_rate": 0.1, "min_samples": 6}
"""Two sessions of three looks: the first and the last, which there are on any machine."""


@dataclass(frozen=True)
class Gated:
    """A gate that decided."""

    code: int
    said: dict[str, Any]
    stderr: str
    outputs: str
    summary: str

    @property
    def action(self) -> str:
        return str(self.said["action"])


@dataclass
class Release:
    """One product on one platform."""

    folder: Path
    platform: Platform

    def gate(self, point: str, *options: str, build: str | None = "build-2", **environ: str) -> Gated:
        told, summary = self.folder / "output", self.folder / "summary"
        for file in (told, summary):
            file.write_text("")
        expected = ("--expect-build", build) if build else ()
        done = warm.smoke(
            "gate",
            point,
            *("--json", "--check", "health", "--build-wait", "1s"),
            *expected,
            *options,
            cwd=self.folder,
            environ={
                **{name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "GITHUB_"))},
                "PRODUCTION_URL": self.platform.url,
                "ROLLBACK_URL": f"{self.platform.url}/__platform__/rollback",
                "ESCALATE_URL": f"{self.platform.url}/__platform__/escalate",
                "PYTHONPATH": str(ROOT),
                "GITHUB_OUTPUT": str(told),
                "GITHUB_STEP_SUMMARY": str(summary),
                "SMOKE_COMMIT": "c0ffee",
                "SMOKE_COMMITTED_AT": "1790000000",
                "SMOKE_RUNNER_BAND": "1000",
                **environ,
            },
        )
        assert done.stdout, done.stderr
        said = json.loads(done.stdout)
        assert said == json.loads((self.folder / "reports/gate.json").read_text(encoding="utf-8"))
        return Gated(done.returncode, said, done.stderr, told.read_text(), summary.read_text())

    def records(self) -> list[dict[str, Any]]:
        path = self.folder / "reports/deployment_history.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def project(folder: Path) -> None:
    shutil.copytree(ROOT / "config/suites/betterprompts", folder / "config/suites/betterprompts")
    (folder / "escalate.py").write_text(ESCALATE)
    points = yaml.safe_load((ROOT / "config/execution-points.yaml").read_text(encoding="utf-8"))
    for name, point in points["points"].items():
        point.pop("max_error_rate", None)
        if "monitoring" in point:
            point["monitoring"] |= WATCH
        if "cohort" in point:
            point["cohort"] |= {"min_sessions": 2, "max_sessions": 100}
        if name.startswith(("canary", "post-")):
            point["environment"] = "production"
    (folder / "config/execution-points.yaml").write_text(yaml.safe_dump(points))
    checks = folder / "config/suites/betterprompts/checks.yaml"
    checks.write_text(re.sub(r"\n +within_ms: \d+", "", checks.read_text()))  # a busy machine breaks no build
    path = folder / "config/suites/betterprompts/suite.yaml"
    suite = yaml.safe_load(path.read_text(encoding="utf-8"))
    del suite["budgets"]  # of its journeys: gates select probes here, and start no browser
    suite["environments"]["production"] |= {
        "base_url": "$PRODUCTION_URL",
        "timeout_ms": 30_000,
        "hooks": HOOKS,
        "rate_share": 1,
        "controls": [],
    }
    path.write_text(yaml.safe_dump(suite))


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    with platform() as made:
        yield made


@pytest.fixture
def release(running: Platform, tmp_path: Path) -> Iterator[Release]:
    running.share, running.sticky, running.takes_rollbacks, running.failing = 0.0, True, True, {}
    running.failing_from, running.restarts_at, running.is_down = 0, None, False
    running.rollbacks.clear()
    running.escalations.clear()
    project(tmp_path)
    yield Release(tmp_path, running)
    for build in running.builds.values():
        build.set_breaks(())


def breaks(release: Release, build: str, *which: Break) -> None:
    release.platform.builds[build].set_breaks(which)


def test_a_good_build_goes_through_every_gate_and_is_recorded_once(release: Release) -> None:
    for point, share in (("canary-5", 0.05), ("canary-25", 0.25), ("canary-100", 1.0), ("post-production", 1.0)):
        release.platform.shift(share)
        gated = release.gate(point)
        assert (gated.code, gated.action) == (0, "proceed"), gated.stderr
        assert "(only health was asked for)" in gated.said["reason"]
        assert "passed=true\n" in gated.outputs
        assert f"## ✅ {point}: proceed (PASS)" in gated.summary
    (recorded,) = release.records()
    assert (recorded["build"], recorded["commit"], recorded["success"]) == ("build-2", "c0ffee", True)
    assert not release.platform.rollbacks


@pytest.mark.long
def test_the_same_gate_again_is_safe(release: Release) -> None:
    release.platform.shift(1.0)
    assert [release.gate("post-production").code for _ in range(2)] == [0, 0]
    assert len(release.records()) == 1


def test_a_build_that_breaks_at_5_percent_is_rolled_back_once(release: Release) -> None:
    """Nothing of the stable build is wrong: only who met the canary can know."""
    release.platform.shift(0.05)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("canary-5")
    assert (gated.code, gated.action, gated.said["acted"]["deed"]) == (1, "rollback", "done"), gated.stderr
    assert gated.said["reason"].startswith(("cohort: ", "checks: "))
    again = release.gate("canary-5")
    assert again.code != 0
    assert len(release.platform.rollbacks) == 1
    assert release.platform.rollbacks[0]["expected_build"] == "build-2"


@pytest.mark.long
def test_a_build_that_breaks_at_25_percent_is_rolled_back(release: Release) -> None:
    release.platform.shift(0.05)
    assert release.gate("canary-5").code == 0
    release.platform.shift(0.25)
    release.platform.failing = {"build-2": 1.0}
    gated = release.gate("canary-25")
    assert (gated.code, gated.action) == (1, "rollback"), gated.stderr
    assert release.platform.share == 0.0


def test_a_build_that_breaks_only_while_it_is_watched_is_rolled_back_and_recorded(release: Release) -> None:
    release.platform.shift(1.0)
    _fails_while_watched(release, "build-2")
    gated = release.gate("post-production")
    assert (gated.code, gated.action) == (1, "rollback"), gated.stderr
    assert gated.said["reason"].startswith("monitoring: error rate")
    assert [record["success"] for record in release.records()] == [False]
    assert len(release.platform.rollbacks) == 1


def test_a_build_that_never_became_live_blocks_and_rolls_nothing_back(release: Release) -> None:
    gated = release.gate("post-production")
    assert (gated.code, gated.action, gated.said["outcome"]) == (3, "block", "INCONCLUSIVE")
    assert "STALE_BUILD: build-2 did not answer within" in gated.said["reason"]
    assert "passed=false\n" in gated.outputs
    assert not release.platform.rollbacks
    assert not release.records()


def test_a_mixed_fleet_blocks_and_is_told_with_counts(release: Release) -> None:
    release.platform.shift(0.6)
    release.platform.sticky = False
    gated = release.gate("post-production")
    assert (gated.code, gated.action) == (3, "block"), gated.stderr
    assert "STALE_BUILD" in gated.said["reason"]
    assert "build-1" in gated.said["reason"]
    assert not release.platform.rollbacks


def test_a_canary_that_was_hardly_met_is_inconclusive_and_says_how_many_sessions_would_do(release: Release) -> None:
    gated = release.gate("canary-5")
    assert (gated.code, gated.action) == (3, "block")
    assert "0 of 100 sessions reached the canary, 2 are needed" in gated.said["reason"]
    assert "93 sessions suffice 95 times in 100" in gated.said["reason"]


@pytest.mark.long
def test_a_rollback_that_takes_is_verified_and_recorded(release: Release) -> None:
    release.platform.shift(1.0)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("post-production", "--then-verify", "--previous-build", "build-1")
    assert (gated.code, gated.action) == (1, "rollback")
    verified = gated.said["then_verify"]
    assert (verified["execution_point"], verified["passed"]) == ("post-rollback", True), gated.stderr
    outputs = dict(line.split("=", 1) for line in gated.outputs.splitlines())
    assert (outputs["passed"], outputs["action"], outputs["verified"]) == ("false", "rollback", "true")
    assert gated.stderr.endswith("FAIL post-production: rollback, and the rollback took\n")
    failed = json.loads((release.folder / outputs["verdict"]).read_text())
    assert (outputs["verdict"], gated.said["verdict_path"]) == ("reports/post-production/verdict.json",) * 2
    assert failed["execution_point"] == "post-production"
    assert [(each["execution_point"], each["success"]) for each in release.records()] == [
        ("post-production", False),
        ("post-rollback", True),
    ]
    assert not release.platform.escalations


def test_a_rollback_that_does_not_take_escalates_critically(release: Release) -> None:
    release.platform.shift(1.0)
    release.platform.takes_rollbacks = False
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("post-production", "--then-verify", "--previous-build", "build-1")
    verified = gated.said["then_verify"]
    assert (gated.code, verified["passed"], verified["action"]) == (1, False, "escalate")
    assert "STALE_BUILD: build-1 did not answer" in verified["reason"]
    assert release.platform.escalations == [{"severity": "critical"}]


def test_a_rollback_that_leaves_a_broken_product_escalates_critically(release: Release) -> None:
    breaks(release, "build-1", Break.SERVICE_DOWN)
    gated = release.gate("post-rollback", build="build-1")
    assert (gated.code, gated.action, gated.said["severity"]) == (1, "escalate", "critical"), gated.stderr
    assert release.platform.escalations == [{"severity": "critical"}]


def test_an_error_rate_that_stays_up_after_a_rollback_escalates_high(release: Release) -> None:
    _fails_while_watched(release, "build-1")
    gated = release.gate("post-rollback", build="build-1")
    assert (gated.action, gated.said["severity"]) == ("escalate", "high"), gated.stderr


def test_a_dry_run_says_what_it_would_do_and_does_nothing(release: Release) -> None:
    release.platform.shift(1.0)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("post-production", "--dry-run")
    assert (gated.code, gated.said["acted"]["deed"]) == (1, "dry")
    assert "rollback would run: $ROLLBACK_URL" in gated.said["acted"]["detail"]
    assert not release.platform.rollbacks
    assert not release.records()


@pytest.mark.long
def test_a_hook_that_fails_is_told_and_not_tried_again(release: Release) -> None:
    release.platform.shift(1.0)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    path = release.folder / "config/suites/betterprompts/suite.yaml"
    path.write_text(path.read_text().replace("$ROLLBACK_URL", "http://127.0.0.1:9/rollback"))
    first, second = release.gate("post-production"), release.gate("post-production")
    assert (first.said["acted"]["deed"], second.said["acted"]["deed"]) == ("failed", "before")
    assert first.code == second.code == 1


def test_a_canary_without_its_build_cannot_be_told_and_is_refused(release: Release) -> None:
    environ = {**os.environ, "PRODUCTION_URL": release.platform.url}
    done = warm.smoke("gate", "canary-5", "--check", "health", cwd=release.folder, environ=environ)
    assert done.returncode == 2
    assert "--expect-build: is needed at canary-5" in done.stderr


def test_a_complete_deployment_is_told_criterion_by_criterion(release: Release) -> None:
    release.platform.shift(1.0)
    gated = release.gate(
        "post-production", "--checklist", "--new-endpoints", "/api/v1/status", GITHUB_SHA="c0ffee", **SUCCEEDED
    )
    assert (gated.code, gated.action) == (0, "proceed"), gated.stderr
    seen = criteria(gated)
    assert seen["restarted, no crash loop"][0] == "met", seen
    assert seen["new endpoints"] == ("met", "/api/v1/status 200")
    assert seen["DORA record written"][0] == "met"
    assert seen["DORA record written"][1].startswith("build-2 at ")
    assert [name for name, (standing, _) in seen.items() if standing != "met"] == [
        "dependencies",
        "migrations",
        "monitoring is flowing",
        "state files updated",
        "handoff with proof",
    ]
    assert {standing for standing, _ in seen.values()} == {"met", "not observable here"}
    assert "deployment complete: 7 met, 0 unmet, 5 not observable here" in gated.stderr
    assert "| new endpoints | ✅ met | /api/v1/status 200 |" in gated.summary


@pytest.mark.long
def test_metrics_of_the_gate_are_read_back_where_there_are_keys(release: Release, httpserver: HTTPServer) -> None:
    intake = intake_on(httpserver)
    show_queries(intake)
    release.platform.shift(1.0)
    keys = {"DD_API_KEY": "0123456789abcdef", "DD_APP_KEY": "fedcba9876543210", "SMOKE_DATADOG_URL": intake.url}
    gated = release.gate("post-production", "--checklist", **keys)
    assert gated.code == 0, gated.stderr
    assert criteria(gated)["monitoring is flowing"] == ("met", "Datadog shows 1 point of this gate"), intake.refused
    intake.on("GET", QUERY, lambda _request, _body: reply(200, {"status": "ok", "series": []}))
    assert criteria(release.gate("post-production", "--checklist", **keys))["monitoring is flowing"][0] != "met"


def test_a_process_that_is_restarted_while_the_gate_looks_blocks_and_rolls_nothing_back(release: Release) -> None:
    """Every check and every look is good: only the uptime knows."""
    release.platform.shift(1.0)
    release.platform.restarts_at = release.platform.served + 5  # the first request of the checks
    gated = release.gate("post-production", "--checklist", **SUCCEEDED)
    assert release.platform.restarts_at is None
    assert (gated.code, gated.action, gated.said["passed"]) == (1, "block", False), gated.stderr
    assert gated.said["reason"].startswith("not complete: restarted, no crash loop: up for ")
    assert {part["outcome"] for part in gated.said["parts"]} == {"PASS"}
    assert criteria(gated)["smoke"][0] == "met"
    assert [record["success"] for record in release.records()] == [False]
    assert "passed=false\n" in gated.outputs
    assert not release.platform.rollbacks


def test_an_endpoint_that_was_not_deployed_blocks(release: Release) -> None:
    release.platform.shift(1.0)
    gated = release.gate("post-production", "--new-endpoints", "/reranker/health")
    assert (gated.code, gated.action) == (1, "block"), gated.stderr
    assert gated.said["reason"] == "not complete: new endpoints: /reranker/health 404"


@pytest.mark.long
def test_a_checklist_makes_no_bad_decision_better(release: Release) -> None:
    release.platform.shift(1.0)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("post-production", "--checklist", "--then-verify", "--previous-build", "build-1", **SUCCEEDED)
    assert (gated.code, gated.action, gated.said["acted"]["deed"]) == (1, "rollback", "done"), gated.stderr
    assert (criteria(gated)["health checks"][0], criteria(gated)["smoke"][0]) == ("unmet", "unmet")
    assert "checklist" not in gated.said["then_verify"]


def test_a_build_that_never_became_live_leaves_nothing_observed(release: Release) -> None:
    gated = release.gate("post-production", "--checklist")
    assert gated.code == 3
    assert {standing for standing, _ in criteria(gated).values()} == {"not observable here"}


def criteria(gated: Gated) -> dict[str, tuple[str, str]]:
    return {each["criterion"]: (each["standing"], each["evidence"]) for each in gated.said["checklist"]}


def _fails_while_watched(release: Release, build: str) -> None:
    """Let every answer fail once the build was waited for and the three checks have passed."""
    release.platform.failing = {build: 1.0}
    release.platform.failing_from = release.platform.served + 8
