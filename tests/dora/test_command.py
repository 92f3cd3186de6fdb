"""``smoke dora`` as its users run it."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from smoke.dora.deployment import Deployment
from smoke.dora.document import history_jsonl
from smoke.gates.recording import record
from smoke.history.deployments import Deployments
from smoke.history.opening import history_file
from tests.gates.test_release import project
from tests.support import inside
from tests.support.run_builder import a_deployment

DAY_S = 86_400


def deployed(build: str, days_ago: float, **changes: Any) -> Deployment:
    return a_deployment(time.time() - days_ago * DAY_S, build, **changes)


def dora(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return inside.smoke("dora", *arguments, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project(tmp_path)
    return tmp_path


def keep(folder: Path, *deployments: Deployment) -> None:
    for each in sorted(deployments, key=lambda each: each.at):
        record(each, history_file(folder / "reports/history.db"), folder / "reports")


def kept(folder: Path) -> tuple[Deployment, ...]:
    store = history_file(folder / "reports/history.db")
    return Deployments(store).between("betterprompts", "production", 0.0, float("inf"))


def test_without_deployments_nothing_is_measured_and_nothing_is_zero(folder):
    done = dora(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("not measured") == 4
    told = json.loads((folder / "reports/dora_metrics.json").read_text())
    assert told["deployment_frequency"]["deployments_per_week"] is None
    assert told["change_failure_rate"]["percentage"] is None
    assert told["time_to_restore_service"]["avg_minutes"] is None


def test_the_four_keys_are_printed_with_band_sample_size_and_failures(folder):
    keep(
        folder,
        deployed("b1", 20, lead_s=1800),
        deployed("b2", 10, success=False),
        deployed("b1", 10 - 1 / 48, point="post-rollback"),
        deployed("b3", 40),
    )
    done = dora(folder, "--since", "30d")
    assert done.returncode == 0, done.stderr
    rows = {line[:21].strip(): line[22:].split("  ") for line in done.stdout.splitlines()[2:6]}
    told = {name: [part.strip() for part in row if part.strip()] for name, row in rows.items()}
    assert told == {
        "deployment frequency": ["0.467 a week", "Medium", "2 deployments"],
        "lead time": ["30m, p95 30m", "Elite", "1 of 2 deployments, whose commit time is known"],
        "change failure rate": ["50 %", "Low", "1 of 2 deployments"],
        "time to restore": ["30m, p95 30m", "Elite", "1 outage ended, 0 open"],
    }
    assert done.stdout.splitlines()[-1].endswith("b2 (c-b2): monitoring: error rate 9 %; rolled back to b1")


def test_json_is_the_file_and_nothing_else(folder):
    keep(folder, deployed("b1", 2))
    done = dora(folder, "--json", "--suite", "betterprompts", "--env", "production")
    assert done.stdout == (folder / "reports/dora_metrics.json").read_text()
    told = json.loads(done.stdout)
    assert told["schema_version"] == "1.0"
    assert told["deployment_frequency"]["total_deployments"] == 1
    assert dora(folder, "--json", "--env", "staging").stdout.count('"total_deployments": 0') == 2


def test_a_failure_is_attached_later_and_marking_it_again_changes_only_its_reason(folder):
    keep(folder, deployed("b1", 5), deployed("b2", 2))
    assert dora(folder, "mark-failed", "b1", "--reason", "hotfix").returncode == 0
    (first,) = (each for each in kept(folder) if each.build == "b1")
    assert (first.success, first.failure_reason) == (False, "hotfix")
    assert first.detected_at == pytest.approx(time.time(), abs=60)
    lines = [json.loads(line) for line in (folder / "reports/deployment_history.jsonl").read_text().splitlines()]
    assert [(line["build"], line["success"]) for line in lines] == [("b1", False), ("b2", True)]
    assert dora(folder, "--env", "production", "mark-failed", "b1", "--reason", "by hand").returncode == 0
    (again,) = (each for each in kept(folder) if each.build == "b1")
    assert (again.failure_reason, again.detected_at) == ("by hand", first.detected_at)
    failures = json.loads(dora(folder, "--json").stdout)["change_failure_rate"]["failures"]
    assert [(each["build"], each["reason"], each["resolution"]) for each in failures] == [("b1", "by hand", "pending")]


def test_a_build_that_was_never_deployed_is_wrong_usage_and_names_those_that_were(folder):
    keep(folder, deployed("b1", 5))
    done = dora(folder, "mark-failed", "b9", "--reason", "hotfix")
    assert (done.returncode, done.stdout) == (2, "")
    assert "BUILD: b9 was never deployed to production of betterprompts; known, newest first: b1" in done.stderr
    elsewhere = dora(folder, "--env", "staging", "mark-failed", "b1", "--reason", "hotfix")
    assert "b1 was never deployed to staging of betterprompts; known, newest first: none" in elsewhere.stderr


def test_what_is_imported_twice_is_there_once_and_says_what_it_said(folder, tmp_path_factory):
    original = [deployed("b1", 5, lead_s=600), deployed("b2", 2, success=False)]
    file = tmp_path_factory.mktemp("elsewhere") / "deployment_history.jsonl"
    file.write_text(history_jsonl(original))
    assert "2 added, 0 already there" in dora(folder, "import", str(file)).stderr
    assert "0 added, 2 already there" in dora(folder, "import", str(file)).stderr
    assert [(each.build, each.success, round(each.at - (each.committed_at or each.at))) for each in kept(folder)] == [
        ("b1", True, 600),
        ("b2", False, 0),
    ]


def test_the_lines_of_a_history_are_known_to_it_although_they_have_whole_seconds(folder):
    keep(folder, deployed("b1", 5), deployed("b2", 2))
    done = dora(folder, "import", "reports/deployment_history.jsonl")
    assert "0 added, 2 already there" in done.stderr, done.stderr


def test_a_bad_line_is_told_by_its_number_and_the_others_are_kept(folder):
    seed = '{"timestamp": "2026-01-09T12:00:00Z", "commit": "1e57859", "success": false, "failure_reason": "404"}'
    (folder / "old.jsonl").write_text(f'{seed}\n{{"commit": "x"}}\nnot json\n')
    done = dora(folder, "import", "old.jsonl")
    assert done.returncode == 2
    assert "  line 2: timestamp: Field required; it was left out\n  line 3: " in done.stderr
    assert [(each.build, each.failure_reason) for each in kept(folder)] == [("1e57859", "404")]


@pytest.mark.parametrize("since", ["0d", "soon"])
def test_a_span_that_is_none_is_wrong_usage(folder, since):
    done = dora(folder, "--since", since)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--since" in done.stderr


def test_a_history_that_cannot_be_read_is_inconclusive(folder):
    (folder / "reports").mkdir()
    (folder / "reports/history.db").write_text("no database")
    done = dora(folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("INCONCLUSIVE: ")
