"""What moved in the wallet that a player pays from: page by page, and as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.kit.fields import query
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.products.deltacrown.economy import Economy, Entry

BOM = "\ufeff"
"""Tells a spreadsheet that the file is UTF-8; a second one would show as a stray character."""


class TransactionsApi:
    """``/api/transactions``."""

    def __init__(self, sign_in: SignIn, economy: Economy) -> None:
        self._sign_in, self._economy = sign_in, economy

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route("/api/transactions", self.page),
            Route("/api/transactions/export", self.export),
        ]

    async def page(self, request: Request) -> Response:
        """One page of the player's entries, newest first."""
        user, given = self._sign_in.user(request, "player"), query(request)
        page, size = given.integer("page", 100_000, 1), given.integer("page_size", 100, 20)
        given.check()
        wallet = self._economy.main(user.id)
        items = [asdict(entry) for entry in self._economy.entries(wallet, size, (page - 1) * size)]
        total = len(self._economy.entries(wallet))
        return JSONResponse({"page": page, "page_size": size, "total": total, "items": items})

    async def export(self, request: Request) -> Response:
        """Every entry of the player as CSV (RFC 4180), in UTF-8 with one byte order mark."""
        user = self._sign_in.user(request, "player")
        entries = self._economy.entries(self._economy.main(user.id))
        headers = {"Content-Disposition": 'attachment; filename="transactions.csv"'}
        return Response(BOM + as_csv(entries), media_type="text/csv", headers=headers)


def as_csv(entries: Sequence[Entry]) -> str:
    """The entries as CSV with a header line; no cell can be taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([field.name for field in fields(Entry)])
    for entry in entries:
        reference = f"'{entry.reference}" if entry.reference.startswith(("=", "+", "-", "@")) else entry.reference
        writer.writerow([entry.id, entry.kind, entry.amount, reference, entry.made_at])
    return file.getvalue()
