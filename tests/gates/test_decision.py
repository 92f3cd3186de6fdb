"""No path leads from a part that is missing or unclear to proceed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.config.points import FlakyPolicy
from smoke.gates.decision import Part, PartName, decide, undecided
from smoke.model import Action, Category, Outcome

PLANNED = tuple(PartName)


def part(name: PartName, outcome: Outcome = Outcome.PASS, on_failure: Action = Action.ROLLBACK) -> Part:
    return Part(
        name=name,
        outcome=outcome,
        sentence=f"{name} is {outcome}",
        on_failure=on_failure,
        severity="high",
        failed_category=Category.DATABASE if name is PartName.CHECKS else None,
    )


def decided(parts, planned=PLANNED, flaky=FlakyPolicy.BLOCK):
    return decide("canary-5", planned, parts, flaky)


@given(outcomes=st.lists(st.sampled_from(Outcome), min_size=5, max_size=5), missing=st.sets(st.integers(0, 4)))
def test_only_a_whole_set_of_green_parts_proceeds(outcomes, missing):
    parts = [part(name, outcomes[index]) for index, name in enumerate(PLANNED) if index not in missing]
    decision = decided(parts)
    green = not missing and all(outcome is Outcome.PASS for outcome in outcomes)
    assert (decision.action is Action.PROCEED) == decision.passed == (decision.exit_code == 0) == green


@given(outcomes=st.lists(st.sampled_from(Outcome), min_size=5, max_size=5))
def test_only_a_failure_of_the_application_rolls_back(outcomes):
    decision = decided([part(name, outcomes[index]) for index, name in enumerate(PLANNED)])
    assert (decision.action is Action.ROLLBACK) == (Outcome.FAIL in outcomes)


def test_a_part_that_is_missing_is_named():
    decision = decided([part(name) for name in PLANNED[:-1]])
    assert (decision.outcome, decision.exit_code) == (Outcome.INCONCLUSIVE, 3)
    assert decision.reason == "not looked at: monitoring"


def test_each_part_asks_for_its_own_action():
    parts = [part(PartName.CHECKS), part(PartName.MONITORING, Outcome.FAIL, Action.ESCALATE)]
    decision = decided(parts, planned=(PartName.CHECKS, PartName.MONITORING))
    assert (decision.action, decision.severity, decision.exit_code) == (Action.ESCALATE, "high", 1)
    assert decision.reason == "monitoring: monitoring is FAIL"


def test_the_failed_category_is_that_of_the_part_that_decides():
    decision = decided([part(PartName.CHECKS, Outcome.FAIL)], planned=(PartName.CHECKS,))
    assert decision.failed_category is Category.DATABASE


@pytest.mark.parametrize(("policy", "code"), [(FlakyPolicy.ALLOW, 0), (FlakyPolicy.BLOCK, 1)])
def test_a_flaky_part_passes_where_the_point_allows_it(policy, code):
    decision = decided([part(PartName.CHECKS, Outcome.FLAKY)], planned=(PartName.CHECKS,), flaky=policy)
    assert decision.exit_code == code
    assert decision.action is (Action.BLOCK if code else Action.PROCEED)


def test_a_check_that_was_not_run_blocks():
    decision = decided([part(PartName.CHECKS, Outcome.NOT_RUN)], planned=(PartName.CHECKS,))
    assert (decision.exit_code, decision.reason) == (3, "checks: checks is NOT_RUN")


def test_what_could_not_even_be_looked_at_never_proceeds():
    decision = undecided("canary-5", "there is no such suite")
    assert (decision.outcome, decision.exit_code, decision.passed) == (Outcome.INCONCLUSIVE, 3, False)
    assert decision.reason == "there is no such suite"
