"""Test wallets: a place for debits and credits that touches nobody's money."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.fields import Fields, json_object
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.deltacrown.economy import CURRENCY, Economy

LARGEST_AMOUNT = 1_000_000


class WalletApi:
    """``/api/wallets``: what is opened here is a test wallet, and its owner can remove it."""

    def __init__(self, sign_in: SignIn, economy: Economy) -> None:
        self._sign_in, self._economy = sign_in, economy

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        one = "/api/wallets/{wallet}"
        return [
            Route("/api/wallets", self.open, methods=["POST"]),
            Route(one, self.show),
            Route(one, self.close, methods=["DELETE"]),
            Route(f"{one}/debits", self.debit, methods=["POST"]),
            Route(f"{one}/credits", self.credit, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """Open a test wallet with its opening balance."""
        user, fields = self._sign_in.user(request, "player"), Fields(await json_object(request))
        label = fields.text("label", 100)
        fields.check()
        wallet = self._economy.open(user.id, label, test=True)
        return JSONResponse(self._shown(wallet), 201)

    async def show(self, request: Request) -> Response:
        """Tell the balance of a wallet, and of how many entries it is the sum."""
        return JSONResponse(self._shown(self._wallet(request)))

    async def close(self, request: Request) -> Response:
        """Remove a test wallet and everything in it."""
        self._economy.close(self._wallet(request))
        return Response(status_code=204)

    async def debit(self, request: Request) -> Response:
        """Take an amount out of a test wallet."""
        return await self._moved(request, "debit", -1)

    async def credit(self, request: Request) -> Response:
        """Put an amount into a test wallet."""
        return await self._moved(request, "credit", 1)

    async def _moved(self, request: Request, kind: str, sign: int) -> Response:
        wallet, fields = self._wallet(request), Fields(await json_object(request))
        amount, reference = fields.integer("amount", LARGEST_AMOUNT), fields.text("reference", 200)
        fields.check()
        before = self._economy.balance(wallet)
        entry = self._economy.move(wallet, kind, sign * amount, reference)
        answer = {"id": entry, "kind": kind, "amount": amount, "balance_before": before}
        return JSONResponse({**answer, "balance_after": self._economy.balance(wallet)}, 201)

    def _wallet(self, request: Request) -> str:
        user = self._sign_in.user(request, "player")
        wallet: str = request.path_params["wallet"]
        if not self._economy.is_test_wallet(wallet, user.id):
            raise ApiError(404, "not_found", "You have no such test wallet")
        return wallet

    def _shown(self, wallet: str) -> dict[str, object]:
        entries = self._economy.entries(wallet)
        balance = self._economy.balance(wallet)
        return {"id": wallet, "currency": CURRENCY, "balance": balance, "entries": len(entries)}
