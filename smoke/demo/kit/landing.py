"""The page at ``/`` of a product whose rest is an API, with its stylesheet and icon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smoke.demo.assets import Assets
from smoke.demo.kit.templates import environment
from smoke.demo.options import DemoOptions

Values = Callable[[Request], Mapping[str, object]]


class Landing:
    """Renders ``templates/home.html`` of a product's folder; serves what is in ``static``."""

    def __init__(self, folder: Path, options: DemoOptions, values: Values) -> None:
        self._assets, self._options, self._values = Assets(folder / "static"), options, values
        self._environment = environment(folder / "templates")

    def routes(self) -> list[Route]:
        """The page and its files."""
        return [Route("/", self.home, include_in_schema=False), *self._assets.routes()]

    async def home(self, request: Request) -> Response:
        """The page."""
        template = self._environment.get_template("home.html")
        shared = {"asset": self._assets.url, "options": self._options}
        return HTMLResponse(template.render(shared | dict(self._values(request))))
