"""What an auditor may read: settings without secrets, accounts without names, revenue without decimals."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.deltacrown.economy import CURRENCY
from smoke.demo.products.deltacrown.moderation import Moderation
from smoke.demo.products.deltacrown.shop import Shop
from smoke.demo.services import Services

MASK = "********"
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|KEY|DSN", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@]+):[^@/]+(?=@)")


def masked(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings with every secret hidden: by the name of the setting, or as a password within an address."""
    return {
        name: MASK if _SECRET_NAME.search(name) else _PASSWORD_IN_URL.sub(rf"\1:{MASK}", value)
        for name, value in settings.items()
    }


class AdminApi:
    """``/api/admin``: nothing here can be changed."""

    def __init__(self, services: Services, sign_in: SignIn, shop: Shop, moderation: Moderation) -> None:
        self._services, self._sign_in, self._shop, self._moderation = services, sign_in, shop, moderation
        self._settings = {
            "SECRET_KEY": secrets.token_urlsafe(),
            "PAYMENT_WEBHOOK_TOKEN": secrets.token_urlsafe(),
            "DATABASE_URL": f"postgres://deltacrown:{secrets.token_urlsafe()}@database/deltacrown",
            "CACHE_URL": "redis://cache/0",
            "TIME_ZONE": "Asia/Dhaka",
        }

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/api/admin/settings", self.settings),
            Route("/api/admin/accounts", self.accounts),
            Route("/api/admin/revenue/summary", self.revenue),
        ]

    async def settings(self, request: Request) -> Response:
        """Flags and settings, secrets masked."""
        self._sign_in.user(request, "auditor")
        return JSONResponse({"flags": self._moderation.flags.shown(), "settings": masked(self._settings)})

    async def accounts(self, request: Request) -> Response:
        """Every account by its opaque id."""
        self._sign_in.user(request, "auditor")
        rows = self._services.store.all(
            "SELECT u.id, u.role, u.created, b.user_id IS NOT NULL AS banned FROM users u"
            " LEFT JOIN deltacrown_bans b ON b.user_id = u.id WHERE u.role IN ('player', 'auditor') ORDER BY u.id"
        )
        return JSONResponse(
            {
                "accounts": [
                    {"id": row["id"], "role": row["role"], "banned": bool(row["banned"]), "since": _day(row["created"])}
                    for row in rows
                ]
            }
        )

    async def revenue(self, request: Request) -> Response:
        """What the shop sold, in whole crowns."""
        self._sign_in.user(request, "auditor")
        return JSONResponse({"currency": CURRENCY, **self._shop.revenue()})


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
