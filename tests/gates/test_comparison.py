"""A canary is worse only by a difference that is significant and relevant."""

from __future__ import annotations

import random

import pytest

from smoke.gates.comparison import Errors, Paired, Relation, cliffs_delta, compare

NO_ERRORS = Errors(stable_asked=40, stable_failed=0, canary_asked=40, canary_failed=0)


def samples(median: float, count: int, seed: str) -> tuple[float, ...]:
    chance = random.Random(seed)
    return tuple(median * chance.lognormvariate(0, 0.2) for _ in range(count))


def paired(stable: float, canary: float, count: int = 20, seed: str = "a") -> Paired:
    return Paired(name="load_ms", stable=samples(stable, count, seed), canary=samples(canary, count, seed + "'"))


def test_a_canary_half_as_fast_is_worse():
    timing, _ = compare([paired(200, 400)], NO_ERRORS)
    assert timing.finding is Relation.WORSE
    assert "20 pairs" in timing.sentence


def test_noise_alone_is_no_regression():
    worse = [compare([paired(200, 200, seed=f"{seed}")], NO_ERRORS)[0].finding for seed in range(200)]
    assert worse.count(Relation.WORSE) <= 2


def test_a_sure_difference_of_a_few_milliseconds_is_not_relevant():
    stable = tuple(5.0 + 0.01 * each for each in range(30))
    timing, _ = compare([Paired(name="t", stable=stable, canary=tuple(each + 3 for each in stable))], NO_ERRORS)
    assert timing.p < 0.001
    assert timing.finding is Relation.NO_WORSE


def test_a_faster_canary_is_no_worse():
    assert compare([paired(400, 200)], NO_ERRORS)[0].finding is Relation.NO_WORSE


def test_few_pairs_conclude_nothing():
    timing, _ = compare([paired(200, 900, count=5)], NO_ERRORS)
    assert (timing.finding, timing.p) == (Relation.TOO_FEW, 1.0)


def test_equal_samples_are_no_worse():
    same = samples(100, 10, "s")
    assert compare([Paired(name="t", stable=same, canary=same)], NO_ERRORS)[0].finding is Relation.NO_WORSE


def test_samples_without_partners_are_refused():
    with pytest.raises(ValueError, match="argument"):
        compare([Paired(name="t", stable=(1.0,) * 9, canary=(1.0,) * 8)], NO_ERRORS)


def test_more_errors_than_the_stable_build_are_a_regression():
    *_, errors = compare([], Errors(stable_asked=100, stable_failed=1, canary_asked=100, canary_failed=15))
    assert errors.finding is Relation.WORSE
    assert "15 of 100, stable 1 of 100" in errors.sentence


def test_a_single_error_is_none():
    *_, errors = compare([], Errors(stable_asked=50, stable_failed=0, canary_asked=50, canary_failed=1))
    assert errors.finding is Relation.NO_WORSE


def test_many_timings_are_corrected_for_their_number():
    one = compare([paired(200, 230, seed="x")], NO_ERRORS)[0].p
    many = compare([paired(200, 230, seed="x"), *(paired(200, 200, seed=f"{n}") for n in range(9))], NO_ERRORS)[0].p
    assert many > one


def test_cliffs_delta_runs_from_minus_one_to_one():
    assert cliffs_delta([1, 2], [3, 4]) == 1
    assert cliffs_delta([3, 4], [1, 2]) == -1
    assert cliffs_delta([1, 2], [1, 2]) == 0
