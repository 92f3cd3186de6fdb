"""What could mislead a whole gate: another build, a busy runner, a rollback that nobody can prove."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from smoke.demo.breaks import Break
from tests.gates.platform import Platform, platform
from tests.gates.test_release import Gated, Release, breaks, release

__all__ = ["release"]
CANARY = {"steer": {"headers": {"X-Canary": "always"}}, "compare_with": "stable"}
STABLE = {"steer": {"headers": {"X-Stable": "always"}}}


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    with platform() as made:
        yield made


def environments(release: Release, **changes: dict[str, Any]) -> None:
    """Add environments that are like production but for ``changes``."""
    path = release.folder / "config/suites/betterprompts/suite.yaml"
    suite = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = {name: {**suite["environments"]["production"], **change} for name, change in changes.items()}
    suite["environments"] |= made
    path.write_text(yaml.safe_dump(suite))


def compared(release: Release, **environ: str) -> Gated:
    environments(release, canary=CANARY, stable=STABLE)
    release.platform.shift(0.25)
    return release.gate("canary-25", "--env", "canary", **environ)


@pytest.mark.long
def test_a_canary_that_only_comparison_finds_slower_is_rolled_back(release: Release) -> None:
    breaks(release, "build-2", Break.HEALTH_SLOW)
    gated = compared(release)
    assert (gated.code, gated.action) == (1, "rollback"), gated.stderr
    assert gated.said["reason"].startswith("comparison: the canary is worse than the stable build: health.")
    assert {part["outcome"] for part in gated.said["parts"][:-1]} == {"PASS"}
    assert len(release.platform.rollbacks) == 1


@pytest.mark.long
def test_a_canary_that_is_no_slower_than_the_stable_build_proceeds(release: Release) -> None:
    breaks(release, "build-1", Break.HEALTH_SLOW)
    gated = compared(release)
    assert (gated.code, gated.action) == (0, "proceed"), gated.stderr
    assert "the canary is no worse than the stable build" in gated.said["reason"]


@pytest.mark.long
def test_what_a_busy_runner_sees_as_slower_rolls_nothing_back(release: Release) -> None:
    """The runner is out of a band that nothing could keep, all the time."""
    breaks(release, "build-2", Break.HEALTH_SLOW)
    gated = compared(release, SMOKE_RUNNER_BAND="0.0001")
    assert (gated.code, gated.action) == (3, "block"), gated.stderr
    assert gated.said["reason"].startswith("comparison: too little to compare: health.root ")
    assert gated.said["reason"].endswith(", but the runner was too slow beside 20 of them")
    assert not release.platform.rollbacks


def test_a_canary_is_not_compared_with_itself(release: Release) -> None:
    environments(release, canary=CANARY, stable={"steer": CANARY["steer"]})
    release.platform.shift(0.25)
    gated = release.gate("canary-25", "--env", "canary")
    assert (gated.code, gated.action) == (3, "block"), gated.stderr
    assert gated.said["reason"] == "comparison: 0 of 20 pairs met both builds, 8 are needed"


def test_what_the_stable_build_gets_wrong_does_not_roll_the_canary_back(release: Release) -> None:
    breaks(release, "build-1", Break.SERVICE_DOWN)
    gated = release.gate("canary-5")
    assert (gated.code, gated.action, gated.said["outcome"]) == (3, "block", "INCONCLUSIVE"), gated.stderr
    assert gated.said["reason"].startswith("checks: it is not build-2 that failed: health.root failed: ")
    assert not release.platform.rollbacks


def test_a_rollback_to_nobody_knows_what_is_not_proven(release: Release) -> None:
    """And what a target repeats of a secret reaches neither the hook nor the pipeline."""
    release.platform.shift(1.0)
    breaks(release, "build-2", Break.SERVICE_DOWN)
    gated = release.gate("post-production", "--then-verify", HEALTH_TOKEN="degraded")
    assert (gated.code, gated.action, gated.said["acted"]["deed"]) == (1, "rollback", "done"), gated.stderr
    assert gated.outputs.splitlines()[-2:] == ["verified=false", "verdict=reports/post-production/verdict.json"]
    verified = gated.said["then_verify"]
    assert (verified["passed"], verified["outcome"], verified["action"]) == (False, "INCONCLUSIVE", "block")
    assert verified["reason"].endswith("the history knows of no good build before: say --previous-build")
    assert "status ('***') == 'healthy'" in gated.said["reason"]
    told = (gated.outputs, gated.summary, str(gated.said), str(release.platform.rollbacks))
    assert not [each for each in told if "degraded" in each]


@pytest.mark.parametrize(("point", "action"), [("post-production", "rollback"), ("post-rollback", "escalate")])
def test_a_product_that_is_down_is_no_build_to_wait_for(release: Release, point: str, action: str) -> None:
    """Nobody knows which build it is, and everybody that it is broken."""
    release.platform.is_down = True
    gated = release.gate(point)
    assert (gated.code, gated.action, gated.said["acted"]["deed"]) == (1, action, "done"), gated.stderr
    assert gated.said["reason"].startswith("checks: ")
    assert len(release.platform.rollbacks + release.platform.escalations) == 1


def test_a_build_before_that_is_the_build_itself_is_refused(release: Release) -> None:
    with pytest.raises(AssertionError, match="--previous-build: is the build before; got 'build-2'"):
        release.gate("post-production", "--then-verify", "--previous-build", "build-2")
    assert not Path(release.folder / "reports/gate.json").exists()
