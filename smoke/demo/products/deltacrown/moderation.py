"""Who may not buy, and whether that is enforced: every flag is off until somebody turns it on."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.accounts import User
from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS deltacrown_bans (user_id TEXT PRIMARY KEY REFERENCES users(id), reason TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """The switches of one deployment."""

    purchase_enforcement: bool = False
    """A banned player cannot buy."""
    observability: bool = False
    """Decisions are counted."""
    cache: bool = True
    """Decisions are kept for a while."""

    def shown(self) -> dict[str, bool]:
        """The flags under the names of their environment variables."""
        return {
            "PURCHASE_ENFORCEMENT_ENABLED": self.purchase_enforcement,
            "MODERATION_OBSERVABILITY_ENABLED": self.observability,
            "MODERATION_CACHE_ENABLED": self.cache,
        }


class Moderation:
    """Bans, and what follows from them."""

    def __init__(self, store: Store, flags: Flags) -> None:
        self._store, self.flags = store, flags

    def ban(self, user_id: str, reason: str) -> None:
        """Ban a player; once is enough."""
        self._store.change("INSERT OR IGNORE INTO deltacrown_bans VALUES (?, ?)", user_id, reason)

    def is_banned(self, user_id: str) -> bool:
        """Whether the player is banned, enforced or not."""
        return self._store.count("SELECT count(*) FROM deltacrown_bans WHERE user_id = ?", user_id) == 1

    def may_buy(self, user: User) -> bool:
        """Whether the player may buy now."""
        return not (self.flags.purchase_enforcement and self.is_banned(user.id))


class ModerationApi:
    """``/api/moderation``."""

    def __init__(self, sign_in: SignIn, moderation: Moderation) -> None:
        self._sign_in, self._moderation = sign_in, moderation

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [Route("/api/moderation/enforcement/ping", self.ping)]

    async def ping(self, request: Request) -> Response:
        """Say whether enforcement would let the caller through; a visitor always."""
        try:
            user = self._sign_in.user(request)
        except ApiError:
            return JSONResponse({"allow": True})
        return JSONResponse({"allow": self._moderation.may_buy(user)})
