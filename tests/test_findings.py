from __future__ import annotations

import dataclasses

import pytest

from smoke.judging.causes import BRAKED, BROWSER_GONE
from smoke.judging.findings import CAUSES_FIRST, findings_of
from smoke.judging.timing import Circumstances, over_budget
from smoke.model import Blame
from smoke.observation import Finding, Measurement, Unit
from tests.support.judging import a_finding


def test_nothing_wrong_is_no_finding() -> None:
    """A journey that ended well, on a quiet page and in time, has no finding."""
    kept = Measurement(name="home.load_ms", value=2999.0, budget=3000)
    unseen = Measurement(name="home.lcp_ms", value=None, budget=2500)
    assert findings_of(None, [], [kept, unseen]) == ()


def test_the_cause_is_told_first() -> None:
    """A server error comes before the missing element that it explains, and slowness comes last."""
    broken = Measurement(name="home.load_ms", value=6214.4, budget=3000)
    told = [a_finding(Blame.JS_ERROR), a_finding(Blame.APP_5XX)]
    found = findings_of(a_finding(Blame.ASSERTION), told, [broken])
    assert [finding.blame for finding in found] == [Blame.APP_5XX, Blame.JS_ERROR, Blame.ASSERTION, Blame.SLOW]


def test_a_mistake_of_ours_does_not_push_ahead() -> None:
    """What the page did is told before what went wrong in a journey's own code."""
    found = findings_of(a_finding(Blame.HARNESS), [a_finding(Blame.JS_ERROR)], [])
    assert [finding.blame for finding in found] == [Blame.JS_ERROR, Blame.HARNESS]


def test_a_browser_that_is_gone_is_told_first() -> None:
    """A build that nobody saw is no old build where there was no browser to see it with."""
    gone = dataclasses.replace(a_finding(Blame.HARNESS), cause=BROWSER_GONE)
    found = findings_of(gone, [a_finding(Blame.STALE_BUILD)], [])
    assert [finding.blame for finding in found] == [Blame.HARNESS, Blame.STALE_BUILD]


def test_a_refused_account_stands_alone() -> None:
    """The bad answers around a refused login are its consequence, not the application's fault."""
    refused = a_finding(Blame.ACCOUNT)
    assert findings_of(refused, [a_finding(Blame.APP_4XX), a_finding(Blame.JS_ERROR)], []) == (refused,)


def test_a_request_that_we_held_back_explains_all_that_follows() -> None:
    """Scripts that fail on it are not the application's fault; a breach of safety is still told, and told first."""
    braked = Finding(rule="GET /api keeps within 10%, but would be request 2", blame=Blame.HARNESS, cause=BRAKED)
    failure, scripts, breach = a_finding(Blame.ASSERTION), a_finding(Blame.JS_ERROR), a_finding(Blame.SAFETY)
    (found,) = findings_of(failure, [scripts, braked], [Measurement(name="a", value=2.0, budget=1.0)])
    assert (found.rule, found.blame) == (braked.rule, Blame.HARNESS)
    assert found.evidence == (f"then: {failure.rule}",)
    assert findings_of(None, [scripts, braked, breach], []) == (breach, braked)
    again = dataclasses.replace(braked, rule="GET /cart keeps within 10%, but would be request 3")
    assert findings_of(None, [braked, again], []) == (braked, again)


def test_a_budget_is_judged_under_its_circumstances() -> None:
    """One sample of what cannot be tried again does not count against the application."""
    once = Measurement(name="home.load_ms", value=3200.0, budget=3000.0)
    (found,) = findings_of(None, [], [once], Circumstances(unrepeatable="it has written"))
    assert found.blame is Blame.HARNESS


def test_every_blame_has_its_rank() -> None:
    """There is an order among all blames, and each stands in it once."""
    assert sorted(CAUSES_FIRST) == sorted(Blame)


@pytest.mark.parametrize(
    ("value", "budget", "rule"),
    [
        (6214.4, 3000, "home (6214) <= 3000"),
        (10.0, 9.5, "home (10) <= 9.5"),
        (0.254, 0.1, "home (0.254) <= 0.1"),
        (3000.4, 3000, "home (3000.400) <= 3000"),
    ],
)
def test_a_broken_budget_is_told_with_both_numbers(value: float, budget: float, rule: str) -> None:
    """Rule and evidence stand in one line: without decimals where they do not matter."""
    finding = over_budget(Measurement(name="home", value=value, budget=budget, unit=Unit.SCORE))
    assert (finding.rule, finding.blame) == (rule, Blame.SLOW)
