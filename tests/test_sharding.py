"""A run that is cut into shards: everything once, what belongs together together, none with much more than another."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smoke.model import Check, CheckKind
from smoke.planning.sharding import Shard, shares
from tests.support.judging import a_check

NONE: dict[str, tuple[str, ...]] = {}


def named(*ids: str, **changes: object) -> list[Check]:
    return [a_check(name, **changes) for name in ids]


def ids(share: tuple[Check, ...]) -> list[str]:
    return [check.id for check in share]


@given(
    times=some.lists(some.floats(1, 60_000), min_size=1, max_size=40),
    accounts=some.lists(some.sampled_from([None, None, None, "basic", "premium"]), min_size=40, max_size=40),
    count=some.integers(1, 8),
)
def test_every_check_is_in_exactly_one_shard_whatever_the_order(
    times: list[float], accounts: list[str | None], count: int
) -> None:
    """The shares are the checks, and they are the same whoever shares out, in whichever order the past is read."""
    checks = [a_check(f"a.check{number}", account=accounts[number]) for number in range(len(times))]
    took = {check.id: time for check, time in zip(checks, times, strict=True)}
    try:
        given = shares(checks, NONE, took, count)
    except ValueError:
        apart = {check.account or check.id for check in checks}
        assert count > len(apart)
        return
    assert sorted(name for share in given for name in ids(share)) == sorted(check.id for check in checks)
    assert all(share for share in given), "a shard with nothing to do would have nothing to say"
    assert given == shares(checks, NONE, dict(reversed(took.items())), count)


@given(times=some.lists(some.floats(1, 60_000), min_size=8, max_size=60), count=some.integers(1, 8))
def test_no_shard_has_more_than_the_longest_check_above_the_least(times: list[float], count: int) -> None:
    """Whoever has most would have least without the last check that it got."""
    checks = named(*(f"a.check{number}" for number in range(len(times))))
    took = {check.id: time for check, time in zip(checks, times, strict=True)}
    loads = [sum(took[name] for name in ids(share)) for share in shares(checks, NONE, took, count)]
    assert max(loads) - min(loads) <= max(times) + 1e-6


def test_what_signs_in_with_one_account_stays_in_one_shard() -> None:
    """Two machines could not have it at the same time."""
    checks = [*named("login.basic", "login.again", account="basic"), *named("login.totp", account="premium")]
    shared = shares(checks, NONE, {"login.again": 9000.0, "login.basic": 9000.0}, 2)
    assert sorted(map(ids, shared)) == [["login.basic", "login.again"], ["login.totp"]]


def test_a_probe_stays_with_those_that_it_comes_after() -> None:
    """It takes what they captured; in a shard of its own it would ask for nothing."""
    checks = named("a.create", "b.other", "c.read", "d.last", kind=CheckKind.PROBE)
    shared = shares(checks, {"c.read": ("a.create",), "d.last": ("c.read",)}, {}, 2)
    assert sorted(map(ids, shared)) == [["a.create", "c.read", "d.last"], ["b.other"]]


def test_what_is_new_counts_as_others_of_its_kind() -> None:
    """A new journey is a journey, and no shard gets two of them while another has only probes."""
    checks = [*named("a.page", "b.page"), *named("c.probe", "d.probe", kind=CheckKind.PROBE)]
    assert shares(checks, NONE, {}, 2) == ((checks[0], checks[2]), (checks[1], checks[3]))


def test_the_checks_of_a_shard_keep_their_order() -> None:
    """The order of the suite is the order of a run."""
    checks = named(*(f"a.check{number:02}" for number in range(20)))
    took = {check.id: random.Random(number).uniform(1, 9) for number, check in enumerate(checks)}
    for share in shares(checks, NONE, took, 3):
        assert ids(share) == sorted(ids(share))


def test_more_shards_than_there_is_work_for_are_refused() -> None:
    """A shard that looks at nothing could only lie."""
    with pytest.raises(ValueError, match=r"only 2 parts can run apart from each other; got 3"):
        shares(named("a.one", "b.two"), NONE, {}, 3)


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/3/4", "one/two", "1.5/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """An index from 1, at most as large as their number."""
    with pytest.raises(ValueError, match="such as 2/5"):
        Shard.parse(text)


@pytest.mark.parametrize(("index", "count"), [(0, 3), (4, 3), (1, 0), (-1, 3), (1, 200_000_000)])
def test_there_is_no_shard_beyond_their_number(index: int, count: int) -> None:
    """Also not in a file that says so: what is counted up to it would end no more."""
    with pytest.raises(ValueError, match=f"there is no part {index} of {count}"):
        Shard(index, count)


def test_a_shard_is_written_as_it_is_read() -> None:
    """``2/5`` is the second of five."""
    assert Shard.parse(" 2/5 ") == Shard(2, 5)
    assert str(Shard(2, 5)) == "2/5"
