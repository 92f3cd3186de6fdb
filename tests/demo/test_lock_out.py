"""Closing an account after too many wrong passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.demo.client import BASIC, PREMIUM, Demo

LOGIN = "/api/v1/auth/login"


def statuses(demo: Demo, account: str, tries: int) -> list[int]:
    visitor = demo.visitor()
    return [visitor.post(LOGIN, demo.credentials(account, "wrong")).status for _ in range(tries)]


def test_five_failures_lock_an_account_for_half_an_hour(spare: Demo) -> None:
    """After the fifth wrong password even the right one is answered with 403 and the end of the lock."""
    assert statuses(spare, BASIC, 5) == [401] * 5
    reply = spare.visitor().post(LOGIN, spare.credentials(BASIC))
    assert reply.status == 403
    ends_in = datetime.fromisoformat(reply.json["locked_until"]) - datetime.now(UTC)
    assert timedelta(minutes=29) < ends_in <= timedelta(minutes=30)


def test_unknown_users_lock_nobody(spare: Demo) -> None:
    """A name that nobody has is refused with 401 however often it is tried."""
    assert statuses(spare, "nobody@example.com", 6) == [401] * 6


def test_a_good_password_forgives_earlier_ones(spare: Demo) -> None:
    """Four wrong passwords, a right one and four wrong ones lock nothing."""
    right = spare.credentials(PREMIUM)
    assert statuses(spare, PREMIUM, 4) == [401] * 4
    assert spare.visitor().post(LOGIN, right).status == 200
    assert statuses(spare, PREMIUM, 4) == [401] * 4
    assert spare.visitor().post(LOGIN, right).status == 200
