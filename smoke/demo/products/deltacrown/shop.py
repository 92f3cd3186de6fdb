"""The shop: what it sells, who bought, and how a test purchase is undone."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.fields import Fields, json_object
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.deltacrown.economy import CURRENCY, Economy
from smoke.demo.products.deltacrown.moderation import Moderation
from smoke.demo.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS deltacrown_orders (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), item TEXT NOT NULL, price INTEGER NOT NULL,
    status TEXT NOT NULL, test INTEGER NOT NULL, entry INTEGER, made REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is sold."""

    id: str
    name: str
    kind: str
    price: int
    """Whole crowns."""


CATALOGUE = (
    Item("banner-dawn", "Dawn Banner", "Profile", 120),
    Item("frame-crown", "Crown Frame", "Profile", 340),
    Item("jersey-7", "Crown Jersey № 7", "Team", 640),
    Item("emote-clutch", "Clutch!", "Emote", 90),
    Item("pass-season", "Season Pass", "Pass", 1500),
    Item("name-change", "New Handle", "Account", 250),
)


class Shop:
    """Orders. Test orders count nowhere and leave nothing when they are undone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, user_id: str, item: Item, entry: int | None, *, test: bool) -> str:
        """Note a paid order; its id."""
        order = secrets.token_hex(8)
        self._store.change(
            "INSERT INTO deltacrown_orders VALUES (?, ?, ?, ?, 'paid', ?, ?, ?)",
            *(order, user_id, item.id, item.price, int(test), entry, time.time()),
        )
        return order

    def remove(self, order: str, user_id: str) -> Row | None:
        """Remove a test order of the user; None if there is no such one."""
        sql = "DELETE FROM deltacrown_orders WHERE id = ? AND user_id = ? AND test = 1 RETURNING *"
        return self._store.one(sql, order, user_id)

    def revenue(self) -> dict[str, int]:
        """Number and sums of what was really sold, in whole crowns."""
        row = self._store.one(
            "SELECT count(*) AS orders, coalesce(sum(price), 0) AS gross,"
            " coalesce(sum(CASE status WHEN 'refunded' THEN price END), 0) AS refunds"
            " FROM deltacrown_orders WHERE test = 0"
        )
        assert row is not None
        orders, gross, refunds = (int(row[name]) for name in ("orders", "gross", "refunds"))
        average = gross // orders if orders else 0
        return {"orders": orders, "gross": gross, "refunds": refunds, "net": gross - refunds, "average_order": average}

    def add_samples(self, user_id: str) -> None:
        """A season of sales, unless they are there already."""
        if self.revenue()["orders"]:
            return
        self._store.insert_all(
            "INSERT INTO deltacrown_orders VALUES (?, ?, ?, ?, ?, 0, NULL, ?)",
            [
                (secrets.token_hex(8), user_id, item.id, item.price, _status(number), time.time() - number * 3600)
                for number, item in enumerate(CATALOGUE * 7)
            ],
        )


class ShopApi:
    """``/api/shop``."""

    def __init__(self, sign_in: SignIn, economy: Economy, shop: Shop, moderation: Moderation) -> None:
        self._sign_in, self._economy, self._shop, self._moderation = sign_in, economy, shop, moderation

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/api/shop/items", self.items),
            Route("/api/shop/purchases", self.buy, methods=["POST"]),
            Route("/api/shop/purchases/{order}", self.undo, methods=["DELETE"]),
        ]

    async def items(self, _request: Request) -> Response:
        """Everything that is sold."""
        return JSONResponse({"currency": CURRENCY, "items": [asdict(item) for item in CATALOGUE]})

    async def buy(self, request: Request) -> Response:
        """Buy an item from the player's wallet; with ``test`` the purchase can be undone."""
        user, fields = self._sign_in.user(request, "player"), Fields(await json_object(request))
        wanted, test = fields.text("item", 50), fields.flag("test")
        fields.check()
        item = next((item for item in CATALOGUE if item.id == wanted), None)
        if item is None:
            raise ApiError(404, "not_found", "The shop does not sell this item")
        if not self._moderation.may_buy(user):
            raise ApiError(403, "purchase_denied", "Your account may not buy at the moment")
        wallet = self._economy.main(user.id)
        entry = self._economy.move(wallet, "purchase", -item.price, item.name)
        order = self._shop.add(user.id, item, entry, test=test)
        bought = {"id": order, "item": item.id, "price": item.price, "currency": CURRENCY, "status": "paid"}
        return JSONResponse({**bought, "test": test, "balance_after": self._economy.balance(wallet)}, 201)

    async def undo(self, request: Request) -> Response:
        """Undo a test purchase: the order and what it took from the wallet are gone."""
        user = self._sign_in.user(request, "player")
        removed = self._shop.remove(request.path_params["order"], user.id)
        if removed is None:
            raise ApiError(404, "not_found", "You have no such test purchase")
        self._economy.undo(removed["entry"])
        return Response(status_code=204)


def _status(number: int) -> str:
    return "refunded" if number % 14 == 0 else "paid"
