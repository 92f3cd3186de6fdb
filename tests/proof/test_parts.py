"""Parts of a drill that are run apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smoke.model import Blame, Category, Outcome
from smoke.planning.sharding import Shard
from smoke.proof.matrix import Case, Matrix
from smoke.proof.parts import NotJoinedError, Part, Wanted, joined

FAULTS = [f"status-{code}" for code in range(400, 440)]


def a_case(fault: str, **changes: Any) -> Case:
    said = {"suite": "shop", "check_id": "health.root", "fault": fault, "expected": (Blame.APP_5XX,), "rule": None}
    return Case(**{**said, "outcome": Outcome.FAIL, "blame": Blame.APP_5XX, "duration_ms": 1.0, **changes})


def parts(shards: int) -> list[Part]:
    every = [Wanted(shard=shard) for shard in Shard(1, shards).all]
    return [
        Part(
            shard=wanted.shard,
            matrix=Matrix(
                suite="shop",
                environment="local",
                cases=tuple(a_case(fault) for fault in FAULTS if wanted.has("health.root", fault)),
                asked=10,
                duration_s=wanted.shard.index,
                checks={"health.root": Category.API_HEALTH},
                promised=len(FAULTS),
            ),
        )
        for wanted in every
    ]


def test_parts_add_up() -> None:
    """Each fault is in one of them, and which one hangs on nothing but its name and its check's."""
    three = parts(3)
    assert all(5 <= len(part.matrix.cases) <= 25 for part in three)
    whole = joined(three[::-1])
    assert sorted(case.fault for case in whole.cases) == FAULTS
    assert (whole.asked, whole.duration_s, whole.detection_rate) == (30, 3, 1.0)


@pytest.mark.parametrize(
    ("shard", "faults", "kinds"),
    [
        (Shard(1, 1), (), (True, False)),
        (Shard(2, 3), (), (False, True)),
        (Shard(1, 1), ("reset",), (False, False)),
        (Shard(2, 3), ("reset",), (False, False)),
    ],
)
def test_only_what_leaves_no_fault_out_is_a_whole_or_a_part_of_one(
    shard: Shard, faults: tuple[str, ...], kinds: tuple[bool, bool]
) -> None:
    wanted = Wanted(shard=shard, faults=faults)
    assert (wanted.is_whole, wanted.is_part) == kinds


def test_a_part_is_of_what_is_asked_for() -> None:
    """By kind or by whole name."""
    wanted = Wanted(faults=("json-missing", "status-500"))
    assert [wanted.has("health.root", each) for each in ("json-missing a", "status-500", "status-502")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda three: three[:1] + three[2:], "missing: 2/3"),
        (lambda three: [*three, three[0]], "there twice: 1/3"),
        (lambda three: [*three, *parts(2)], "of different numbers of parts: 2, 3"),
        (lambda three: [other(three[0], environment="staging"), *three[1:]], "of different environments"),
        (lambda three: [other(three[0], config_sha256="0815"), *three[1:]], "of different configurations"),
        (lambda three: [other(three[0], promised=41), *three[1:]], "of different numbers of faults: 40, 41"),
        (lambda three: [other(three[0], cases=()), *three[1:]], "of 40 faults"),
        (
            lambda three: [other(three[0], cases=three[0].matrix.cases[:-1] * 2), *three[1:]],
            "they hold 39 of 40 faults",
        ),
        (lambda three: [other(three[0], cases=three[0].matrix.cases * 2), *three[1:]], "they hold faults twice"),
        (lambda three: [other(three[0], cases=three[1].matrix.cases), *three[1:]], "of 40 faults"),
    ],
)
def test_what_makes_up_no_whole_is_not_joined(wrong: Any, told: str) -> None:
    """Less than the whole would look like it."""
    with pytest.raises(NotJoinedError, match=told):
        joined(wrong(parts(3)))


def other(part: Part, **changes: Any) -> Part:
    return replace(part, matrix=replace(part.matrix, **changes))
