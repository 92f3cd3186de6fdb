"""The example release: which jobs run, by its own conditions, when a gate says what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.github import STATUS, evaluate, load

ROOT = Path(__file__).parents[2]
JOBS = load(ROOT / ".github/workflows/release-example.yml")["jobs"]
PASSED = {"result": "success", "outputs": {"passed": "true", "action": "proceed", "acted": "none"}}
BLOCKED = {"result": "failure", "outputs": {"passed": "false", "action": "block", "acted": "none"}}
SILENT: dict[str, Any] = {"result": "success", "outputs": {}}
BROKEN: dict[str, Any] = {"result": "failure", "outputs": {}}
CANARIES = ["shift-5", "canary-5", "shift-25", "canary-25", "shift-100", "canary-100", "post-production"]
STANDARD = ["pre-release", "staging", "post-staging", *CANARIES]


def asks(action: str, acted: str = "none") -> dict[str, Any]:
    return {"result": "failure", "outputs": {"passed": "false", "action": action, "acted": acted}}


def released(flow: str, said: Mapping[str, Mapping[str, Any]] | None = None) -> list[str]:
    """The jobs that run, in order; each ends as ``said``, and well where nothing is."""
    ended: dict[str, Mapping[str, Any]] = {}
    for name, job in JOBS.items():
        before = job.get("needs", [])
        needs = {each: ended[each] for each in ([before] if isinstance(before, str) else before)}
        condition = job.get("if", "true").strip().removeprefix("${{").removesuffix("}}")
        free = STATUS.search(condition) or all(each["result"] == "success" for each in _all_before(name, ended))
        runs = bool(free) and bool(
            condition == "true" or evaluate(condition, {"needs": needs, "inputs": {"flow": flow}})
        )
        well = PASSED if "uses" in job else SILENT
        ended[name] = (said or {}).get(name, well) if runs else {"result": "skipped", "outputs": {}}
    return [name for name, each in ended.items() if each["result"] != "skipped"]


def _all_before(name: str, ended: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What GitHub's implied success() asks about: not only the jobs before, but all before those."""
    before = JOBS[name].get("needs", [])
    named = [before] if isinstance(before, str) else before
    return [*(ended[each] for each in named), *(one for each in named for one in _all_before(each, ended))]


@pytest.mark.parametrize(
    ("flow", "jobs"),
    [
        ("standard", STANDARD),
        ("hotfix", ["pre-release", *CANARIES]),
        ("rollback", ["rollback", "post-rollback"]),
    ],
)
def test_each_flow_goes_through_the_points_of_its_release(flow: str, jobs: list[str]) -> None:
    assert released(flow) == jobs


@pytest.mark.parametrize("ended", [BLOCKED, SILENT, BROKEN], ids=["blocked", "silent", "broken"])
@pytest.mark.parametrize("flow", ["standard", "hotfix"])
@pytest.mark.parametrize("gate", [name for name in STANDARD if "uses" in JOBS[name]])
def test_nothing_follows_a_gate_that_did_not_pass(gate: str, flow: str, ended: Mapping[str, Any]) -> None:
    """Neither INCONCLUSIVE nor a gate that said nothing lets the release go on, or rolls anything back."""
    path = released(flow)
    assert released(flow, {gate: ended}) == (path[: path.index(gate) + 1] if gate in path else path)


@pytest.mark.parametrize("gate", ["canary-5", "canary-25", "canary-100", "post-production"])
def test_a_gate_that_asks_for_a_rollback_gets_it_verified(gate: str) -> None:
    so_far = STANDARD[: STANDARD.index(gate) + 1]
    assert released("standard", {gate: asks("rollback")}) == [*so_far, "rollback", "post-rollback"]
    assert released("standard", {gate: asks("rollback", "done")}) == [*so_far, "post-rollback"]


@pytest.mark.parametrize("acted", ["failed", "before"])
def test_a_rollback_that_a_hook_began_is_not_begun_again_but_told(acted: str) -> None:
    jobs = released("standard", {"canary-5": asks("rollback", acted)})
    assert jobs[-2:] == ["canary-5", "escalate"]


@pytest.mark.parametrize(
    "said",
    [
        {"rollback": BROKEN},
        {"post-rollback": asks("escalate")},
        {"post-rollback": BLOCKED},
        {"post-rollback": SILENT},
    ],
    ids=["rollback-failed", "escalate", "inconclusive", "silent"],
)
def test_a_rollback_that_is_not_proven_is_escalated(said: Mapping[str, Mapping[str, Any]]) -> None:
    assert released("standard", {"canary-25": asks("rollback"), **said})[-1] == "escalate"
    assert released("rollback", said)[-1] == "escalate"


@pytest.mark.parametrize("stage", ["shift-5", "shift-25", "shift-100"])
def test_traffic_that_may_have_been_shifted_halfway_is_escalated(stage: str) -> None:
    jobs = released("standard", {stage: BROKEN})
    assert jobs == [*STANDARD[: STANDARD.index(stage) + 1], "escalate"]
