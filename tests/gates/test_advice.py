"""Whoever reads a decision is told what to do next, for every action and whatever became of it."""

from __future__ import annotations

import itertools

import pytest

from smoke.gates.acting import Acted, Deed
from smoke.gates.advice import ending, next_step
from smoke.gates.decision import Decision, Part, PartName
from smoke.gates.outputs import explained, payload, summary
from smoke.model import Action, Category, Outcome


def decision(
    action: Action, outcome: Outcome = Outcome.FAIL, point: str = "post-production", reason: str = "why"
) -> Decision:
    return Decision(
        point=point,
        outcome=outcome,
        passed=action is Action.PROCEED,
        action=action,
        severity=None if action in (Action.PROCEED, Action.BLOCK) else "high",
        failed_category=None if action is Action.PROCEED else Category.API_HEALTH,
        reason=reason,
        parts=(Part(name=PartName.CHECKS, outcome=outcome, sentence=reason, on_failure=action),),
    )


def acted(deed: Deed) -> Acted:
    return Acted(deed=deed, sentence=f"it is {deed}")


@pytest.mark.parametrize(("action", "deed"), list(itertools.product(Action, Deed)))
def test_every_decision_says_what_comes_next(action: Action, deed: Deed) -> None:
    said = next_step(decision(action), acted(deed))
    assert said.endswith(".")
    assert ("may go on" in said) == (action is Action.PROCEED)


def test_after_a_rollback_that_took_no_release_goes_on() -> None:
    verified = decision(Action.PROCEED, Outcome.PASS, "post-rollback")
    assert "has failed" in next_step(verified, acted(Deed.NONE))
    assert ending(decision(Action.ROLLBACK), verified) == "FAIL post-production: rollback, and the rollback took"


def test_a_rollback_that_no_hook_does_is_asked_of_the_reader() -> None:
    assert next_step(decision(Action.ROLLBACK), acted(Deed.NONE)).startswith("Roll back now")
    assert next_step(decision(Action.ROLLBACK), acted(Deed.FAILED)).startswith("Roll back by hand")


def test_inconclusive_is_told_apart_from_a_failure() -> None:
    said = next_step(decision(Action.BLOCK, Outcome.INCONCLUSIVE), acted(Deed.NONE))
    assert "could not be judged" in said
    assert said != next_step(decision(Action.BLOCK), acted(Deed.NONE))


def test_what_a_target_answered_is_text_in_the_summary() -> None:
    """No picture, link, table cell or heading is made of it."""
    failed = decision(Action.ROLLBACK, reason="![x](http://e.example) | <img src=x>\n# `y`")
    told = summary(failed, acted(Deed.DONE), payload(failed, "suite", "production", "build-2"))
    assert "> !\\[x\\](http://e.example) \\| \\<img src=x> \\# \\`y\\`\n" in told
    assert told.startswith("## ❌ post-production: rollback (FAIL)\n")
    assert "- **Hook**: it is done\n" in told


def test_the_summary_names_the_pages_about_bad_checks() -> None:
    assert "- `reports/failures/health.api/index.html`\n" in explained(["reports/failures/health.api/index.html"])
    assert explained([]) == ""
