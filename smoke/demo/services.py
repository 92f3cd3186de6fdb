"""What the products stand on: one database, one set of accounts and sessions, one cache."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from smoke.demo import accounts, sessions
from smoke.demo.accounts import Accounts, User
from smoke.demo.breaks import Break, Switchboard
from smoke.demo.cache import Cache
from smoke.demo.options import DemoOptions
from smoke.demo.rate_limit import Limiter
from smoke.demo.sessions import Challenges, Sessions
from smoke.demo.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Handed to each product when it is built."""

    options: DemoOptions
    breaks: Switchboard
    store: Store
    accounts: Accounts
    sessions: Sessions
    challenges: Challenges = field(default_factory=Challenges)
    cache: Cache = field(default_factory=Cache)
    limiter: Limiter
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, options: DemoOptions) -> Services:
        """Open an empty database and everything that lives in it."""
        store = Store()
        store.create(accounts.SCHEMA + sessions.SCHEMA)
        return cls(
            options=options,
            breaks=Switchboard(options.breaks),
            store=store,
            accounts=Accounts(store),
            sessions=Sessions(store),
            limiter=Limiter(options.rate_limit),
        )

    def user(self, access_token: str | None) -> User | None:
        """Who is signed in with this token, or None."""
        user_id = self.sessions.user_id(access_token) if access_token else None
        return self.accounts.by_id(user_id) if user_id else None

    def health(self) -> dict[str, object]:
        """Status, version, build, uptime and the state of each part, as the health endpoints answer them."""
        parts = {"database": self.database_works(), "redis": self.cache_works(), "ml_service": True}
        return {
            "status": "healthy" if all(parts.values()) else "degraded",
            "version": self.options.version,
            "build": self.options.build,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "uptime_seconds": round(time.monotonic() - self.started, 3),
            "services": {name: "healthy" if works else "unhealthy" for name, works in parts.items()},
        }

    def database_works(self) -> bool:
        """Whether the database answers."""
        return self.store.count("SELECT 1") == 1

    def cache_works(self) -> bool:
        """Whether the cache keeps what it is given."""
        return self.cache.fetch("ping", lambda: "pong") == "pong" and Break.SERVICE_DOWN not in self.breaks
