"""A canary that was hardly looked at is not judged, and the chance of having missed it is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.gates.cohort import MOST_SESSIONS, CohortProof, CohortTerms, chance_of_missing, sessions_for
from smoke.model import Outcome


def test_five_sessions_at_ten_percent_miss_the_canary_in_three_of_five_cases():
    assert chance_of_missing(0.10, 5) == pytest.approx(0.59, abs=0.001)


@pytest.mark.parametrize(("share", "least", "sessions"), [(0.05, 1, 59), (0.25, 1, 11), (1.0, 3, 3), (0.05, 3, 124)])
def test_as_many_sessions_suffice_as_the_binomial_distribution_says(share, least, sessions):
    assert sessions_for(share, least) == sessions


@given(share=st.floats(0.02, 1), least=st.integers(1, 5))
def test_one_session_fewer_does_not_suffice(share, least):
    needed = sessions_for(share, least)
    assert needed >= least
    assert sessions_for(share, least + 1) >= needed


def test_too_few_confirmed_sessions_are_inconclusive_and_say_how_many_would_do():
    proof = CohortProof(terms=CohortTerms(share=0.05, least=3), sessions=20, confirmed=1)
    assert proof.outcome is Outcome.INCONCLUSIVE
    assert "1 of 20 sessions reached the canary, 3 are needed" in proof.sentence
    assert "probability 0.36; 124 sessions suffice" in proof.sentence


def test_enough_confirmed_sessions_pass():
    proof = CohortProof(terms=CohortTerms(share=0.25, least=3), sessions=20, confirmed=4)
    assert proof.outcome is Outcome.PASS


def test_few_sessions_tell_the_chance_that_all_missed_it():
    proof = CohortProof(terms=CohortTerms(share=0.5, least=2), sessions=3, confirmed=2)
    assert proof.sentence == (
        "2 of 3 sessions reached the canary; by chance alone 3 would all miss it with probability 0.12"
    )


def test_a_share_that_nobody_would_meet_is_given_up():
    """More sessions than that are no smoke test."""
    assert sessions_for(1e-9, 3) == MOST_SESSIONS
