"""A monitoring period ends as soon as its limit is lost, and concludes nothing from too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.gates.error_rate import RateTerms, Tally, WatchState, standing
from smoke.model import Outcome

TERMS = RateTerms(max_error_rate=0.01, least=100)


@pytest.mark.parametrize(
    ("tally", "left", "expected"),
    [
        (Tally(good=50), 250, WatchState.OPEN),
        (Tally(good=50, failed=3), 247, WatchState.OPEN),
        (Tally(good=50, failed=4), 246, WatchState.BROKEN),
        (Tally(failed=4), 296, WatchState.BROKEN),
        (Tally(good=297, failed=3), 0, WatchState.KEPT),
        (Tally(good=296, failed=4), 0, WatchState.BROKEN),
        (Tally(good=99), 0, WatchState.TOO_FEW),
        (Tally(good=20, failed=1), 0, WatchState.TOO_FEW),
        (Tally(good=20, failed=2), 0, WatchState.BROKEN),
        (Tally(good=120, unjudged=121), 0, WatchState.TOO_FEW),
        (Tally(unjudged=300), 0, WatchState.TOO_FEW),
    ],
)
def test_a_period_stands_as_its_samples_say(tally, left, expected):
    assert standing(TERMS, tally, left) is expected


def test_too_few_samples_never_read_as_kept():
    assert WatchState.TOO_FEW.outcome is Outcome.INCONCLUSIVE
    assert WatchState.OPEN.outcome is Outcome.INCONCLUSIVE


@given(good=st.integers(0, 400), failed=st.integers(0, 40), left=st.integers(0, 400))
def test_it_stops_early_exactly_when_the_rest_could_not_save_it(good, failed, left):
    now = standing(TERMS, Tally(good=good, failed=failed), left)
    at_best = standing(TERMS, Tally(good=good + left, failed=failed), 0)
    assert (now is WatchState.BROKEN) == (at_best is WatchState.BROKEN)
