"""An OpenAPI 3.1 description, made from the routes that are really served."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


class Description:
    """``/openapi.json``, for the routes of a product."""

    def __init__(self, title: str, version: str, routes: Iterable[BaseRoute]) -> None:
        self._document = describe(title, version, routes)

    def routes(self) -> list[Route]:
        """The call that this part answers."""
        return [Route("/openapi.json", self.show, include_in_schema=False)]

    async def show(self, _request: Request) -> Response:
        """The description."""
        return JSONResponse(self._document)


def describe(title: str, version: str, routes: Iterable[BaseRoute]) -> dict[str, object]:
    """The description of every HTTP route that is not left out of it; summaries are the docstrings."""
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        if isinstance(route, Route) and route.include_in_schema:
            operations = paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})
            for method in sorted(route.methods or {"GET"}):
                if method != "HEAD":
                    operations[method.lower()] = _operation(route)
    return {"openapi": "3.1.0", "info": {"title": title, "version": version}, "paths": paths}


def _operation(route: Route) -> dict[str, object]:
    operation: dict[str, object] = {
        "summary": (route.endpoint.__doc__ or route.name).strip().split("\n")[0],
        "responses": {"default": {"description": "The answer, or an error envelope"}},
    }
    names = _PARAMETER.findall(route.path)
    if names:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    return operation
