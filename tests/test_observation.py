from __future__ import annotations

import pytest

from smoke.model import Blame, Outcome
from smoke.observation import Finding, Measurement, told
from tests.support.judging import a_finding, an_attempt


@pytest.mark.parametrize(
    ("value", "budget", "ok"),
    [
        (99.9, 100.0, True),
        (100.0, 100.0, True),
        (100.1, 100.0, False),
        (0.0, 0.1, True),
        (None, 100.0, None),
        (99.9, None, None),
        (None, None, None),
    ],
)
def test_a_measurement_knows_whether_its_budget_is_kept(
    value: float | None, budget: float | None, ok: bool | None
) -> None:
    """The budget itself is still good, and what was not observed is neither good nor bad."""
    assert Measurement(name="home.load_ms", value=value, budget=budget).ok is ok


@pytest.mark.parametrize(
    ("blames", "outcome"),
    [
        ((), Outcome.PASS),
        ((Blame.ACCOUNT,), Outcome.INCONCLUSIVE),
        ((Blame.APP_5XX,), Outcome.FAIL),
        ((Blame.ACCOUNT, Blame.APP_5XX), Outcome.FAIL),
        ((Blame.SAFETY, Blame.ACCOUNT), Outcome.FAIL),
    ],
)
def test_an_attempt_is_as_bad_as_its_worst_finding(blames: tuple[Blame, ...], outcome: Outcome) -> None:
    """An attempt passes without findings only, and fails if the application is to blame for one of them."""
    assert an_attempt(*blames).outcome is outcome


def test_findings_are_told_with_their_evidence() -> None:
    """Each rule is followed by what supports it, line by line."""
    found = [Finding(rule="a == b", blame=Blame.ASSERTION, evidence=("a is 1", "b is 2")), a_finding(Blame.TCP, "c")]
    assert told(found) == "a == b\na is 1\nb is 2\nc"
    assert told([]) == ""
