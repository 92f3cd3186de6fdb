"""Short links, as they stand in messages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.kit.errors import ApiError
from smoke.demo.store import Store


class Shortener:
    """``/s/{code}``, open to everybody."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[BaseRoute]:
        """The call that this part answers."""
        return [Route("/s/{code}", self.follow)]

    async def follow(self, request: Request) -> Response:
        """On to where the code leads; 404 for a code that nobody made."""
        row = self._store.one("SELECT target FROM astronote_links WHERE code = ?", request.path_params["code"])
        if row is None:
            raise ApiError(404, "unknown_link", "There is no such link")
        return RedirectResponse(row["target"], 302)
