"""The composite action: its shell runs here as on a runner, and nothing but a whole decision lets anything pass."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smoke.demo.breaks import Break
from tests.gates.platform import Platform, platform
from tests.gates.test_release import project
from tests.support.github import Ran, filled, load, run_step

ROOT = Path(__file__).parents[2]
FOLDER = ".github/actions/smoke-gate"
ACTION = load(ROOT / FOLDER / "action.yml")
WORKFLOW = load(ROOT / ".github/workflows/smoke-gate.yml")
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"] if "id" in step}
REAL = f'PYTHONPATH={ROOT} exec {sys.executable} -m smoke "$@"'


@dataclass
class Runner:
    """A machine that has checked out a project, with a harness whose program is ``smoke``."""

    folder: Path
    environ: dict[str, str]

    def install(self, smoke: str) -> None:
        program = self.folder / "harness/.venv/bin/smoke"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/bash\n{smoke}\n")
        program.chmod(0o755)

    def use(self, **inputs: str) -> tuple[Ran, dict[str, str]]:
        """Run the action; return how its gate ended, and the action's outputs."""
        declared = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        context = {"inputs": declared | {"project": str(self.folder / "project")} | given, "steps": {}}
        for name in ("place", "gate"):
            ran = run_step(STEPS[name], context, self.environ, self.folder)
            context["steps"][name] = {"outputs": ran.outputs}
        return ran, outputs_of(context)


def outputs_of(context: dict[str, object]) -> dict[str, str]:
    return {name: filled(each["value"], context) for name, each in ACTION["outputs"].items()}


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    shutil.copytree(ROOT / FOLDER, tmp_path / "harness" / FOLDER)
    shutil.copytree(ROOT / "requirements", tmp_path / "harness/requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "harness")
    (tmp_path / "project").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "GITHUB_"))}
    action = str(tmp_path / "harness" / FOLDER)
    return Runner(tmp_path, {**kept, "GITHUB_ACTION_PATH": action, "GITHUB_RUN_ATTEMPT": "1"})


def test_a_decision_to_proceed_passes_and_the_program_gets_every_input_as_it_is(runner: Runner) -> None:
    """Text that a shell would run is text here."""
    runner.install('printf "%s|" "$@" "$SMOKE_EXPECT_BUILD" "$SMOKE_ENV" >told; echo passed=true >>"$GITHUB_OUTPUT"')
    nasty = "a b'; touch pwned; $(touch pwned) `touch pwned` \""
    named = {
        "build": nasty,
        "environment": nasty,
        "previous_build": nasty,
        "new_endpoints": f"/status\n\n{nasty}\n--json\n",
    }
    ran, outputs = runner.use(point="canary-5", dry_run="true", checklist="true", **named)
    assert (ran.code, outputs["passed"]) == (0, "true"), ran.log
    told = (runner.folder / "project/told").read_text().split("|")
    options = ["--build-wait=10m", "--dry-run", "--checklist"]
    endpoints = [f"--new-endpoints={each}" for each in ("/status", nasty, "--json")]
    assert told[:-1] == ["gate", "canary-5", *options, *endpoints, f"--previous-build={nasty}", nasty, nasty]
    assert not list(runner.folder.rglob("pwned"))


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("exit 0", 3),
        ("echo passed=true >>$GITHUB_OUTPUT; exit 3", 3),
        ("echo passed=false >>$GITHUB_OUTPUT; exit 0", 3),
        ("printf 'passed=true\\npassed=false\\n' >>$GITHUB_OUTPUT; exit 0", 3),
        ("printf 'passed=true\\naction=proceed\\n' >>$GITHUB_OUTPUT; kill -9 $$", 137),
        ("echo 'suite.yaml:3: no such key' >&2; exit 2", 2),
        ('rm -- "$0"; exec "$0"', 127),
    ],
    ids=["silent", "true-but-3", "false-but-0", "last-false", "killed", "usage", "missing"],
)
def test_whatever_is_no_whole_decision_blocks(runner: Runner, program: str, code: int) -> None:
    runner.install(program)
    ran, outputs = runner.use(point="post-production")
    assert (ran.code, outputs["passed"], outputs["action"]) == (code, "false", "block"), ran.log
    assert outputs["outcome"] == "INCONCLUSIVE"
    assert outputs["reason"]


@pytest.mark.parametrize(
    "inputs", [{"point": ""}, {"point": "--help"}, {"point": "canary-5", "dry_run": "yes"}], ids=str
)
def test_inputs_that_mean_nothing_are_refused_before_anything_runs(runner: Runner, inputs: dict[str, str]) -> None:
    """A dry run that was misspelt is none that rolls back in earnest."""
    runner.install("touch begun; echo passed=true >>$GITHUB_OUTPUT")
    ran, outputs = runner.use(**inputs)
    assert (ran.code, outputs["passed"]) == (2, "false")
    assert not (runner.folder / "project/begun").exists()


def test_new_endpoints_are_told_apart_line_by_line(runner: Runner) -> None:
    """The program gets each of them, and refuses what is no path before it asks for any."""
    project(runner.folder / "project")
    runner.install(REAL)
    runner.environ |= {"PRODUCTION_URL": "http://127.0.0.1:9", "SMOKE_CHECK": "health"}
    ran, outputs = runner.use(point="post-production", build="build-2", new_endpoints="/status\nstatus\n/a b")
    assert (ran.code, outputs["passed"], outputs["action"]) == (2, "false", "block"), ran.log
    assert "--new-endpoints: is a path that begins with /, such as /reranker/health; got 'status', '/a b'" in ran.log


def test_a_set_up_that_failed_blocks_and_leaves_no_output_empty() -> None:
    """GitHub fills what is empty from the job's earlier attempt, which may have passed."""
    outputs = outputs_of({"inputs": {}, "steps": {}})
    assert (outputs["passed"], outputs["action"], outputs["outcome"]) == ("false", "block", "INCONCLUSIVE")
    job = WORKFLOW["jobs"]["gate"]["outputs"]
    assert all(filled(value, {"steps": {}}) for value in job.values())
    assert filled(job["passed"], {"steps": {}}) == "false"


def test_the_workflow_hands_every_output_and_shared_input_on() -> None:
    called = WORKFLOW["on"]["workflow_call"]
    assert set(called["outputs"]) == set(WORKFLOW["jobs"]["gate"]["outputs"]) == set(ACTION["outputs"])
    (used,) = (step for step in WORKFLOW["jobs"]["gate"]["steps"] if step.get("id") == "gate")
    inputs = {name: f"<{name}>" for name in called["inputs"]}
    handed = {name: filled(value, {"inputs": inputs}) for name, value in used["with"].items()}
    assert handed == {name: f"<{name}>" for name in set(called["inputs"]) & set(ACTION["inputs"])}
    assert filled(called["outputs"]["passed"]["value"], {"jobs": {"gate": {"outputs": {}}}}) == "false"


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    with platform() as made:
        yield made


@pytest.mark.long
def test_a_gate_that_rolled_back_has_not_passed_although_the_rollback_took(runner: Runner, running: Platform) -> None:
    project(runner.folder / "project")
    runner.install(REAL)
    runner.environ |= {
        "PRODUCTION_URL": running.url,
        "ROLLBACK_URL": f"{running.url}/__platform__/rollback",
        "SMOKE_CHECK": "health",
        "SMOKE_RUNNER_BAND": "1000",
    }
    running.shift(1.0)
    ran, outputs = runner.use(point="post-production", build="build-2", build_wait="1s")
    assert (ran.code, outputs["passed"], outputs["action"]) == (0, "true", "proceed"), ran.log
    assert (runner.folder / "project" / outputs["verdict"]).exists()
    running.builds["build-2"].set_breaks((Break.SERVICE_DOWN,))
    asked = {"point": "post-production", "build": "build-2", "build_wait": "1s"}
    ran, outputs = runner.use(**asked, then_verify="true", previous_build="build-1")
    assert (ran.code, outputs["passed"], outputs["action"]) == (1, "false", "rollback"), ran.log
    assert (outputs["acted"], outputs["verified"], outputs["failed-category"]) == ("done", "true", "api-health")
    assert "::error title=smoke gate rollback::post-production: checks: " in ran.log
