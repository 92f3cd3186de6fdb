"""Templates to replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from smoke.demo.assets import Assets
from smoke.demo.kit.templates import environment
from smoke.demo.products.astronote.areas import AREAS
from smoke.demo.services import Services


class Renderer:
    """Renders a template with what every page needs to know; each one is compiled when it is first asked for."""

    def __init__(self, services: Services, assets: Assets) -> None:
        self._environment = environment(Path(__file__).parent / "templates")
        self._environment.filters |= {"day": _day, "thousands": _thousands}
        self._environment.globals |= {"areas": AREAS, "asset": assets.url, "build": services.options.build}

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """The HTML document of a template; ``values`` names at least path, area and user."""
        return HTMLResponse(self._environment.get_template(template).render(values), status)

    def failure(self, request: Request, status: int, title: str) -> Response:
        """A page that says what went wrong."""
        values = {"path": request.url.path, "area": None, "user": None, "code": status, "title": title}
        return self.page("error.html", values, status)


def _day(moment: date | datetime) -> str:
    return f"{moment.day} {moment:%b}"


def _thousands(number: int) -> str:
    return f"{number:,}"
