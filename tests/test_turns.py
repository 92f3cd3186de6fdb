"""How many journeys run at once, and whose turn it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.model import Check
from smoke.planning.turns import IDLE, MOST, at_first, next_of, one_more
from tests.support.judging import a_check

ACCOUNTS = st.sampled_from([None, None, "basic", "premium"])


def checks(accounts: list[str | None]) -> list[Check]:
    return [a_check(f"some.check-{number}", account=account) for number, account in enumerate(accounts)]


@pytest.mark.parametrize(
    ("cores", "free_mb", "journeys", "workers"),
    [(2, 4000, 7, 2), (8, 4000, 3, 3), (8, 600, 7, 2), (2, 100, 7, 1), (1, 4000, 7, 1)],
)
def test_workers_begin_by_cores_memory_and_work(cores: int, free_mb: float, journeys: int, workers: int) -> None:
    """One for each core, never more than there is memory or work for, and always one."""
    assert at_first(cores, free_mb, journeys) == workers


@pytest.mark.parametrize(
    ("workers", "idle", "free_mb", "more"),
    [(2, IDLE, 4000, True), (2, IDLE - 0.01, 4000, False), (2, 1, 100, False), (MOST, 1, 4000, False)],
)
def test_one_more_joins_where_it_costs_nobody_time(workers: int, idle: float, free_mb: float, more: bool) -> None:
    """Only on idle processors, with memory to spare, and up to a bound."""
    assert one_more(workers, idle, free_mb) is more


@given(st.lists(ACCOUNTS, max_size=8), st.lists(ACCOUNTS, max_size=4))
def test_no_two_journeys_have_one_account_at_once(waiting: list[str | None], running: list[str | None]) -> None:
    """Whoever begins shares its account with nobody; somebody begins whenever that is possible."""
    ahead, under_way = checks(waiting), checks(running)
    taken = {check.account for check in under_way if check.account}
    chosen = next_of(ahead, under_way, {})
    if chosen is None:
        assert all(check.account in taken for check in ahead)
    else:
        assert chosen in ahead
        assert chosen.account not in taken


def test_journeys_with_an_account_go_first() -> None:
    """They may have to wait for one another; those without never do."""
    ahead = checks([None, "basic", "premium"])
    assert next_of(ahead, [], {}) is ahead[1]
    assert next_of(ahead, [ahead[1]], {}) is ahead[2]


def test_whichever_took_longest_goes_before_the_others() -> None:
    """So that it does not run alone when all others are done; what nobody knows comes last."""
    ahead = checks([None, None, None, "basic"])
    took = {ahead[1].id: 300.0, ahead[2].id: 900.0}
    assert next_of(ahead, [], took) is ahead[3]
    assert next_of(ahead[:3], [], took) is ahead[2]
    assert next_of(ahead[:2], [], took) is ahead[1]
