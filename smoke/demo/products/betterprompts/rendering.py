"""Templates to replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from smoke.demo.assets import Assets
from smoke.demo.breaks import Break
from smoke.demo.kit.templates import environment
from smoke.demo.services import Services

_NAVIGATION = (
    ("Home", "/"),
    ("Enhance", "/enhance"),
    ("History", "/history"),
    ("Techniques", "/techniques"),
    ("Documentation", "/documentation"),
    ("Settings", "/settings"),
    ("Dashboard", "/dashboard"),
)


class Renderer:
    """Renders a template with what every page needs to know."""

    def __init__(self, services: Services, assets: Assets) -> None:
        self._services = services
        self._environment = environment(Path(__file__).parent / "templates")
        self._environment.filters["day"] = _day
        self._environment.globals |= {
            "asset": assets.url,
            "breaks": services.breaks,
            "Break": Break,
            "navigation": _NAVIGATION,
            "options": services.options,
            "planned": services.options.planned,
        }

    def warm(self) -> None:
        """Compile every template, so that no visitor waits for it."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """The HTML document of a template; ``values`` names at least path and user."""
        return HTMLResponse(self._environment.get_template(template).render(values), status)

    def failure(self, request: Request, status: int, title: str) -> Response:
        """An error: JSON for the API, a page for people."""
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": title}, status)
        user = self._services.user(request.cookies.get("auth_token")) if status < 500 else None
        values = {"path": request.url.path, "user": user, "code": status, "title": title}
        return self.page("error.html", values, status)


def _day(moment: datetime | float) -> str:
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, UTC)
    return f"{moment.day} {moment:%B %Y}"
