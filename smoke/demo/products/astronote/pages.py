"""The pages: which template, for whom, with what."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from smoke.demo.accounts import User
from smoke.demo.breaks import Break
from smoke.demo.products.astronote.areas import AREAS, Area
from smoke.demo.products.astronote.campaigns import Campaigns
from smoke.demo.products.astronote.merchants import ROLE, enter
from smoke.demo.products.astronote.rendering import Renderer
from smoke.demo.products.astronote.reports import RETAIL, SHOPIFY, reports
from smoke.demo.services import Services

Facts = Callable[[User], Mapping[str, object]]

COOKIE = "astronote_session"
_INSIDE = re.compile(r"/app/[a-z]+/[a-z]+")
_VISITOR = User(
    id="", email="visitor@example.com", username="visitor", name="Visitor", role=ROLE, mfa_enabled=False, created=0.0
)
"""Stands in for the merchant while the protected pages are open to everybody."""


class Pages:
    """Everything that answers HTML."""

    def __init__(self, services: Services, renderer: Renderer) -> None:
        self._services, self._renderer = services, renderer
        self._campaigns = Campaigns(services.store)

    def routes(self) -> list[BaseRoute]:
        """The landing page, the doors of both areas, and the pages behind them."""
        inside: dict[str, Facts] = {
            "/app/retail/dashboard": lambda _user: {"reports": reports(RETAIL, datetime.now(UTC).date())},
            "/app/retail/stores": self._stores,
            "/app/shopify/dashboard": lambda _user: {"reports": reports(SHOPIFY, datetime.now(UTC).date())},
            "/app/shopify/campaigns": lambda user: {"campaigns": self._campaigns.of(user.id)},
            "/app/shopify/segments": lambda _user: {"segments": self._campaigns.segments()},
        }
        return [
            Route("/", self.landing),
            *(Route(path, self._inside(facts)) for path, facts in inside.items()),
            Route("/app/{area}/login", self.login),
            Route("/app/{area}/login", self.enter, methods=["POST"]),
            Route("/app/{area}/logout", self.leave, methods=["POST"]),
            Route("/app/{area}", self.door),
        ]

    async def landing(self, request: Request) -> Response:
        """What Astronote is."""
        return self._render(request, "landing.html", None, self._user(request))

    async def door(self, request: Request) -> Response:
        """What one area is for, and the way in."""
        return self._render(request, "door.html", _area(request), self._user(request))

    async def login(self, request: Request) -> Response:
        """The form; who is signed in already goes on."""
        area, target = _area(request), _target(request)
        if self._user(request):
            return RedirectResponse(target, 303)
        return self._render(request, "login.html", area, None, {"target": target, "problem": None, "email": ""})

    async def enter(self, request: Request) -> Response:
        """Takes the form: on to the area, or the form again with what was wrong."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode(errors="replace")).items()}
        area, target, email = _area(request), _target(request), form.get("email", "")
        found = await enter(self._services, email, form.get("password", ""))
        if isinstance(found, str):
            facts = {"target": target, "problem": found, "email": email}
            return self._render(request, "login.html", area, None, facts, 401)
        session = self._services.sessions.open(found.id, remember=False)
        reply = RedirectResponse(target, 303)
        secure = request.url.scheme == "https"
        reply.set_cookie(COOKIE, session.access_token, httponly=True, samesite="lax", secure=secure)
        return reply

    async def leave(self, request: Request) -> Response:
        """Ends the session."""
        self._services.sessions.revoke(_token(request))
        reply = RedirectResponse("/", 303)
        reply.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return reply

    def _inside(self, facts: Facts) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def page(request: Request) -> Response:
            _, _, area, name = request.url.path.split("/")
            user = self._user(request)
            if user is None and Break.OPEN_PROTECTED in self._services.breaks:
                user = _VISITOR
            if user is None:
                return RedirectResponse(f"/app/{area}/login?next={quote(request.url.path)}", 307)
            return self._render(request, f"{name}.html", AREAS[area], user, facts(user))

        return page

    def _stores(self, _user: User) -> Mapping[str, object]:
        return {"stores": self._services.store.all("SELECT * FROM astronote_stores ORDER BY visits DESC")}

    def _user(self, request: Request) -> User | None:
        user = self._services.user(_token(request))
        return user if user and user.role == ROLE else None

    def _render(
        self,
        request: Request,
        template: str,
        area: Area | None,
        user: User | None,
        facts: Mapping[str, object] = {},
        status: int = 200,
    ) -> Response:
        shared = {"path": request.url.path, "area": area, "user": user}
        return self._renderer.page(template, {**shared, **facts}, status)


def _area(request: Request) -> Area:
    if area := AREAS.get(request.path_params["area"]):
        return area
    raise HTTPException(404)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _target(request: Request) -> str:
    """Where to go after signing in: a page of an area, by default the area's first."""
    wanted = request.query_params.get("next", "")
    return wanted if _INSIDE.fullmatch(wanted) else _area(request).pages[0][1]
