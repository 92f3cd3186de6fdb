"""Who may sign in: passwords, lock-out and the second factor."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from smoke.demo import passwords, totp
from smoke.demo.store import Row, Store

LOCK_AFTER = 5
"""Wrong passwords in a row that lock an account."""
LOCK_S = 30 * 60

SCHEMA = """
CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    role TEXT NOT NULL, password TEXT NOT NULL, totp_secret TEXT, created REAL NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, locked_until REAL
);
CREATE TABLE totp_used (
    user_id TEXT NOT NULL REFERENCES users(id), step INTEGER NOT NULL, PRIMARY KEY (user_id, step)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account, as its owner may see it."""

    id: str
    email: str
    username: str
    name: str
    role: str
    mfa_enabled: bool
    created: float
    """Seconds since the epoch."""

    def public(self) -> dict[str, object]:
        """The user as the API answers it."""
        return {
            "id": self.id,
            "email": self.email,
            "username": self.username,
            "name": self.name,
            "role": self.role,
            "mfa_enabled": self.mfa_enabled,
            "created_at": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="seconds"),
        }


@dataclass(frozen=True, slots=True)
class Locked:
    """The account is closed for a while."""

    until: datetime


class Accounts:
    """The users of every product."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nobody = passwords.hash_password(secrets.token_urlsafe())

    def add(self, *, email: str, name: str, role: str, password_hash: str, totp_secret: str | None) -> User:
        """Create an account that is three months old."""
        user_id, created = secrets.token_hex(8), time.time() - 90 * 86400
        self._store.change(
            "INSERT INTO users (id, email, username, name, role, password, totp_secret, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(user_id, email, email.partition("@")[0], name, role, password_hash, totp_secret, created),
        )
        user = self.by_id(user_id)
        assert user is not None
        return user

    def by_id(self, user_id: str) -> User | None:
        """The user with this id, or None."""
        row = self._store.one("SELECT * FROM users WHERE id = ?", user_id)
        return _user(row) if row else None

    def by_role(self, role: str) -> User | None:
        """The first user with this role, or None."""
        row = self._store.one("SELECT * FROM users WHERE role = ? ORDER BY rowid", role)
        return _user(row) if row else None

    async def check_password(self, login: str, password: str) -> User | Locked | None:
        """The user whose e-mail or user name and password these are; None if there is no such pair.

        Each wrong password of a known user counts; an unknown user takes as long and locks nobody.
        """
        row = self._store.one("SELECT * FROM users WHERE lower(email) = ?1 OR username = ?1", login.lower())
        if row is None:
            await run_in_threadpool(passwords.verify, password, self._nobody)
            return None
        if row["locked_until"] is not None:
            if row["locked_until"] > time.time():
                return Locked(datetime.fromtimestamp(row["locked_until"], UTC))
            self._forgive(row["id"])
        if not await run_in_threadpool(passwords.verify, password, row["password"]):
            self._count_failure(row["id"])
            return None
        self._forgive(row["id"])
        return _user(row)

    async def set_password(self, user_id: str, password: str) -> None:
        """Give the user another password; the old one is worthless from now on."""
        hashed = await run_in_threadpool(passwords.hash_password, password)
        self._store.change("UPDATE users SET password = ? WHERE id = ?", hashed, user_id)

    def accept_code(self, user_id: str, code: str) -> bool:
        """Whether this is a code of the user's authenticator that was never accepted before."""
        row = self._store.one("SELECT totp_secret FROM users WHERE id = ?", user_id)
        if row is None or row["totp_secret"] is None:
            return False
        step = totp.matching_step(row["totp_secret"], code, time.time())
        if step is None:
            return False
        return self._store.change("INSERT OR IGNORE INTO totp_used VALUES (?, ?)", user_id, step) == 1

    def _forgive(self, user_id: str) -> None:
        self._store.change("UPDATE users SET failures = 0, locked_until = NULL WHERE id = ?", user_id)

    def _count_failure(self, user_id: str) -> None:
        self._store.change(
            "UPDATE users SET failures = failures + 1,"
            " locked_until = CASE WHEN failures + 1 >= ? THEN ? ELSE NULL END WHERE id = ?",
            *(LOCK_AFTER, time.time() + LOCK_S, user_id),
        )


def _user(row: Row) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        username=row["username"],
        name=row["name"],
        role=row["role"],
        mfa_enabled=row["totp_secret"] is not None,
        created=row["created"],
    )
