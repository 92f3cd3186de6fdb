"""How passwords are kept, and when a lock ends."""

from __future__ import annotations

import asyncio
import time

from smoke.demo import passwords
from smoke.demo.accounts import LOCK_AFTER, SCHEMA, Accounts, Locked, User
from smoke.demo.store import Store


def test_hash_tells_nothing_and_verifies() -> None:
    """A hash does not contain the password, and only that password fits it."""
    stored = passwords.hash_password("correct horse")
    assert "correct" not in stored
    assert passwords.verify("correct horse", stored)
    assert not passwords.verify("correct horsf", stored)


def test_equal_passwords_have_different_hashes() -> None:
    """Each hash has a salt of its own."""
    assert passwords.hash_password("same") != passwords.hash_password("same")


def test_expired_lock_opens_and_the_count_begins_again() -> None:
    """After the half hour the right password works, and a wrong one is the first of five."""
    store = Store()
    store.create(SCHEMA)
    accounts = Accounts(store)
    accounts.add(
        email="a@example.com", name="A", role="basic", password_hash=passwords.hash_password("right"), totp_secret=None
    )

    def check(password: str) -> User | Locked | None:
        return asyncio.run(accounts.check_password("a@example.com", password))

    for _ in range(LOCK_AFTER):
        assert check("wrong") is None
    assert isinstance(check("right"), Locked)
    store.change("UPDATE users SET locked_until = ?", time.time() - 1)
    assert check("wrong") is None
    assert isinstance(check("right"), User)
