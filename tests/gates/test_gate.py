"""No path leads from an error, whoever made it, to proceed; nor from a doubt to a rollback. Every point, every part."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.config.load import load
from smoke.config.points import FlakyPolicy
from smoke.config.problems import ConfigError
from smoke.gates import gate, looking, parts
from smoke.gates.checking import Checked, run_checks
from smoke.gates.decision import Decision, PartName
from smoke.gates.gate import Gate, Question, planned_parts
from smoke.gates.sampler import Sampler
from smoke.model import Action, Outcome
from smoke.planning.plan import Plan, Selection, plan
from smoke.settings import Settings, resolve

ROOT = Path(__file__).parents[2]
SUITE = load(ROOT, "betterprompts")
POINTS = [name for name in SUITE.points if name not in ("local", "scheduled")]
BUILD = "b2"


class Met(StrEnum):
    """What a gate meets when it looks at one part."""

    PASS = "pass"
    FLAKY = "flaky"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not-run"
    BROKEN = "broken"
    """Our own code raises."""

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.name) if self is not Met.BROKEN else Outcome.INCONCLUSIVE


def settings_of(point: str, **said: object) -> Settings:
    return resolve({"suite": SUITE.name, **said}, point=point, root=ROOT, environ={})


def planned_of(point: str) -> Plan:
    """Return what is planned at a point, where canaries are compared with production."""
    made = plan(SUITE, point, None, Selection())
    if made.point.cohort is None:
        return made
    return replace(made, environment=replace(made.environment, compare_with="production"))


class Simulated(Gate):
    """A gate that meets what it is told to meet."""

    meets: Mapping[PartName, Met]

    def met(self, name: PartName) -> Outcome:
        self._at = name
        if self.meets[name] is Met.BROKEN:
            raise RuntimeError("boom")
        return self.meets[name].outcome

    def part(self, name: PartName) -> parts.Part:
        return parts._part(self.asked.plan.point, name, self.met(name), f"{name} was looked at")

    def _is_live(self, sampler: Sampler, build: str) -> bool:
        outcome = self.met(PartName.BUILD)
        if outcome is Outcome.PASS or gate.is_mixed(self.asked.plan):
            self._builds.update([build])
            return True
        self._parts.append(self.part(PartName.BUILD))
        return False

    def _checks_are_good(self) -> bool:
        self._parts.append(self.part(PartName.CHECKS))
        return self._parts[-1].outcome in gate.GOOD

    def _cohort(self, sampler: Sampler) -> parts.Part:
        return self.part(PartName.COHORT)

    def _comparison(self, canary: Sampler, there: Plan | None, stack: contextlib.ExitStack) -> parts.Part:
        return self.part(PartName.COMPARISON)

    def _monitoring(self, sampler: Sampler) -> parts.Part:
        return self.part(PartName.MONITORING)


def decided(point: str, meets: Mapping[PartName, Met]) -> tuple[Decision, tuple[PartName, ...]]:
    made = planned_of(point)
    simulated = Simulated(
        Question(plan=made, settings=settings_of(point, expect_build=BUILD), build_wait_s=0, say=lambda _text: None)
    )
    simulated.meets = meets
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gate, "open_sampler", lambda *_: contextlib.nullcontext(object()))
        return simulated.decide(), planned_parts(made, BUILD)


met = st.fixed_dictionaries({name: st.sampled_from(Met) for name in PartName})
mostly_good = st.fixed_dictionaries({name: st.sampled_from([Met.PASS] * 5 + list(Met)) for name in PartName})


@pytest.mark.parametrize("point", POINTS)
@given(meets=met | mostly_good)
def test_only_where_all_that_is_planned_was_met_and_good_a_gate_proceeds(point, meets):
    decision, planned = decided(point, meets)
    looked_at = [name for name in PartName if name in planned or (name is PartName.BUILD and meets[name] is Met.BROKEN)]
    good = all(meets[name] is Met.PASS for name in looked_at)
    assert SUITE.points[point].flaky is FlakyPolicy.BLOCK
    assert (decision.action is Action.PROCEED) == decision.passed == (decision.exit_code == 0) == good
    assert decision.reason


@pytest.mark.parametrize("point", POINTS)
@given(meets=met | mostly_good)
def test_only_a_failure_of_the_application_is_acted_upon(point, meets):
    decision, _ = decided(point, meets)
    failed = [part for part in decision.parts if part.outcome is Outcome.FAIL]
    if decision.action in (Action.ROLLBACK, Action.ESCALATE):
        assert failed
        assert decision.outcome is Outcome.FAIL
    first_bad = next((part for part in decision.parts if part.outcome not in gate.GOOD), None)
    if first_bad and first_bad.outcome is not Outcome.FAIL:
        assert (decision.action, decision.exit_code) == (Action.BLOCK, 3)


def test_what_breaks_in_us_is_told_as_the_reason():
    decision, _ = decided("post-production", {**dict.fromkeys(PartName, Met.PASS), PartName.MONITORING: Met.BROKEN})
    assert (decision.outcome, decision.action) == (Outcome.INCONCLUSIVE, Action.BLOCK)
    assert decision.reason == "monitoring: the harness broke: RuntimeError: boom"


@pytest.mark.parametrize("point", ["canary-5", "canary-25", "canary-100", "post-production", "post-rollback"])
def test_a_gate_that_acts_for_a_build_must_be_told_which(point):
    """A pipeline that lost it would prove the build before."""
    with pytest.raises(ConfigError, match=f"--expect-build: is needed at {point}"):
        planned_parts(planned_of(point), None)


def test_a_gate_that_only_blocks_may_do_without():
    assert planned_parts(planned_of("pre-release"), None) == (PartName.CHECKS,)


@pytest.mark.parametrize(
    ("builds", "outcome"),
    [({}, Outcome.FAIL), ({"b2": 1, "b1": 9}, Outcome.FAIL), ({"b1": 9}, Outcome.INCONCLUSIVE)],
)
def test_a_failure_is_of_the_build_unless_only_others_answered(builds, outcome):
    seen = Checked(verdict=Outcome.FAIL, reason="health.root failed", builds=builds)
    part = parts.checks_part(SUITE.points["canary-5"], seen, BUILD)
    assert part.outcome is outcome
    assert "health.root failed" in part.sentence


def test_nothing_that_was_compared_is_no_comparison():
    assert parts.comparison_part(SUITE.points["canary-5"], ()).outcome is Outcome.INCONCLUSIVE


def test_a_request_budget_that_is_used_up_leaves_nothing_to_compare():
    class Spent:
        def wait_s(self) -> float:
            return float("inf")

    assert asyncio.run(looking.in_turn(Spent(), Spent(), 1.0)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("expected", [None, "b2"])
def test_the_run_expects_what_the_gate_says_and_not_what_the_file_says(tmp_path, monkeypatch, expected):
    """Else a canary's checks would wait for a build that a balancer shows one time in twenty."""
    said = {"verdict": "PASS", "failed_category": None, "run_id": "1", "finished": "1970-01-01T00:01:00Z", "checks": []}
    program = tmp_path / "program"
    program.write_text(
        f"#!{sys.executable}\nimport json, os\n"
        f"print(json.dumps({said!r} | {{'reason': os.environ['SMOKE_EXPECT_BUILD'], 'build': "
        "{'answers': {}, 'silent': 0}}))\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    (tmp_path / ".env").write_text("SMOKE_EXPECT_BUILD=b2\n")
    settings = replace(settings_of("canary-5"), root=tmp_path, environ={"SMOKE_EXPECT_BUILD": "b2"})
    assert json.dumps(run_checks(settings, 30.0, expect_build=expected).reason) == json.dumps(expected or "")
