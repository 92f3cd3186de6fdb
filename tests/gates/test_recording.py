"""What a gate records of a deployment, and which build is the last good one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smoke.gates.recording import last_good, record_gate
from smoke.history.deployments import Deployments
from smoke.model import Outcome
from tests.gates.test_hooks import decision, means


def gated(folder: Path, build: str, outcome: Outcome, point: str = "post-production") -> None:
    said = replace(decision(), point=point, outcome=outcome, passed=outcome is Outcome.PASS)
    record_gate(said, means(folder, None, build), folder / "reports")


def test_the_last_good_build_is_the_newest_other_one_that_was_deployed_well(tmp_path: Path) -> None:
    """Neither the build that is gated itself, one that failed, nor one of a canary is gone back to."""
    assert last_good(means(tmp_path, None, "b4")) is None
    gated(tmp_path, "b1", Outcome.PASS)
    gated(tmp_path, "b2", Outcome.PASS)
    gated(tmp_path, "b3", Outcome.FAIL)
    gated(tmp_path, "b4", Outcome.PASS)
    gated(tmp_path, "b5", Outcome.PASS, "canary-25")
    assert last_good(means(tmp_path, None, "b4")) == "b2"


@pytest.mark.parametrize(
    ("said", "kept"), [("1790000000", 1790000000.0), *((each, None) for each in ("nan", "inf", "x"))]
)
def test_when_a_commit_was_made_is_a_moment_or_unknown(tmp_path: Path, said: str, kept: float | None) -> None:
    there = replace(means(tmp_path, None, "b1"), environ={"SMOKE_COMMITTED_AT": said})
    record_gate(replace(decision(), point="post-production"), there, tmp_path / "reports")
    (line,) = (tmp_path / "reports/deployment_history.jsonl").read_text().splitlines()
    assert "NaN" not in line
    (known,) = Deployments(there.store).between("shop", "production", 0.0, float("inf"))
    assert known.committed_at == kept


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.NOT_RUN])
def test_a_gate_that_judged_nothing_records_nothing(tmp_path: Path, outcome: Outcome) -> None:
    gated(tmp_path, "b1", outcome)
    assert not (tmp_path / "reports").exists()
