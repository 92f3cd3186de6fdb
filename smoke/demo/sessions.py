"""Sessions: opaque tokens of which only digests are kept, and challenges that await a second factor."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field

from smoke.demo.store import Store

ACCESS_S = 3600
REFRESH_S = 7 * 86400
REMEMBERED_REFRESH_S = 30 * 86400
CHALLENGE_S = 300

SCHEMA = """
CREATE TABLE sessions (
    access TEXT PRIMARY KEY, refresh TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES users(id),
    remember INTEGER NOT NULL, opened REAL NOT NULL, access_until REAL NOT NULL, refresh_until REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a user gets for signing in; the only place where the tokens exist in clear."""

    user_id: str
    access_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    refresh_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    remember: bool = False
    expires_in: int = ACCESS_S
    """Seconds that the access token is valid."""

    @property
    def refresh_expires_in(self) -> int:
        """Seconds that the refresh token is valid."""
        return REMEMBERED_REFRESH_S if self.remember else REFRESH_S


class Sessions:
    """The sessions of every product."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, user_id: str, *, remember: bool) -> Session:
        """Start a session for a user whose factors were all checked."""
        session, now = Session(user_id=user_id, remember=remember), time.time()
        self._store.change("DELETE FROM sessions WHERE refresh_until < ?", now)
        self._store.change(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(_digest(session.access_token), _digest(session.refresh_token), user_id, int(remember)),
            *(now, now + session.expires_in, now + session.refresh_expires_in),
        )
        return session

    def user_id(self, access_token: str) -> str | None:
        """Whose session this is, or None if it is unknown, over or revoked."""
        row = self._store.one(
            "SELECT user_id FROM sessions WHERE access = ? AND access_until > ?",
            *(_digest(access_token), time.time()),
        )
        return row["user_id"] if row else None

    def count(self, user_id: str) -> int:
        """How many sessions the user has open."""
        return self._store.count(
            "SELECT count(*) FROM sessions WHERE user_id = ? AND refresh_until > ?", user_id, time.time()
        )

    def renew(self, refresh_token: str) -> Session | None:
        """A new session for an old one, which ends; None if the refresh token is no good."""
        row = self._store.one(
            "DELETE FROM sessions WHERE refresh = ? AND refresh_until > ? RETURNING user_id, remember",
            *(_digest(refresh_token), time.time()),
        )
        return self.open(row["user_id"], remember=bool(row["remember"])) if row else None

    def revoke(self, token: str) -> None:
        """End the session with this access or refresh token: both are worthless from now on."""
        self._store.change("DELETE FROM sessions WHERE ?1 IN (access, refresh)", _digest(token))


@dataclass(slots=True)
class _Pending:
    user_id: str
    remember: bool
    until: float
    tries_left: int = 5


class Challenges:
    """Sign-ins whose password was right and whose second factor is awaited."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}

    def open(self, user_id: str, *, remember: bool) -> str:
        """Remember that a second factor is awaited; the token that names this sign-in."""
        now = time.monotonic()
        self._pending = {token: held for token, held in self._pending.items() if held.until > now}
        token = secrets.token_urlsafe()
        self._pending[token] = _Pending(user_id, remember, now + CHALLENGE_S)
        return token

    def attempt(self, token: str) -> _Pending | None:
        """The sign-in with one try fewer; None if it is unknown, too old or out of tries."""
        held = self._pending.get(token)
        if held is None or held.until < time.monotonic() or held.tries_left == 0:
            self.close(token)
            return None
        held.tries_left -= 1
        return held

    def close(self, token: str) -> None:
        """Forget a sign-in."""
        self._pending.pop(token, None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
