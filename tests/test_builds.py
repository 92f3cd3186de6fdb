"""A release is only judged by answers of the build that is being released."""

from __future__ import annotations

from smoke.judging.builds import BuildProof, BuildStanding
from smoke.model import Outcome


def test_one_build_everywhere_is_proof():
    proof = BuildProof(expected="b2", seen={"b2": 7}, silent=1)
    assert (proof.standing, proof.outcome) == (BuildStanding.PROVEN, Outcome.PASS)
    assert "b2 (7); 1 answers did not say" in proof.sentence


def test_another_build_alone_is_stale():
    proof = BuildProof(expected="b2", seen={"b1": 7})
    assert (proof.standing, proof.outcome) == (BuildStanding.STALE, Outcome.INCONCLUSIVE)
    assert "b2 never answered; seen: b1 7 times" in proof.sentence


def test_two_builds_are_a_mixed_fleet_told_with_counts():
    proof = BuildProof(expected="b2", seen={"b2": 5, "b1": 2})
    assert (proof.standing, proof.outcome) == (BuildStanding.MIXED, Outcome.INCONCLUSIVE)
    assert "b1 2 times, b2 5 times" in proof.sentence


def test_answers_that_do_not_say_prove_nothing():
    proof = BuildProof(expected="b2", silent=9)
    assert (proof.standing, proof.outcome) == (BuildStanding.UNSEEN, Outcome.INCONCLUSIVE)
    assert proof.sentence == "STALE_BUILD: no answer showed its build, so b2 is not proven"
