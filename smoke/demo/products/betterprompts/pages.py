"""The pages: which template, for whom, with what."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smoke.demo.accounts import User
from smoke.demo.breaks import Break
from smoke.demo.products.betterprompts.history import History, summarise
from smoke.demo.products.betterprompts.rendering import Renderer
from smoke.demo.products.betterprompts.requests import access_token, local_path
from smoke.demo.products.betterprompts.techniques import CATALOGUE
from smoke.demo.services import Services

Page = Callable[[Request, User], Coroutine[Any, Any, Response]]

_VISITOR = User(
    id="", email="visitor@example.com", username="visitor", name="Visitor", role="basic",
    mfa_enabled=False, created=0.0,
)  # fmt: skip
"""Stands in for the user while the protected pages are open to everybody."""


class Pages:
    """Everything that answers HTML."""

    def __init__(self, services: Services, history: History, renderer: Renderer) -> None:
        self._services, self._history, self._renderer = services, history, renderer

    def routes(self) -> list[Route]:
        """Public pages, the login, and pages that need a session."""
        public = {"/": "home.html", "/enhance": "enhance.html", "/documentation": "documentation.html"}
        public["/register"] = "register.html" if self._services.options.planned else ""
        protected = {
            "/dashboard": self.dashboard,
            "/history": self.history,
            "/profile": self.profile,
            "/settings": self.settings,
        }
        routes = [Route(path, self._public(template)) for path, template in public.items() if template]
        routes += [Route(path, self._protected(page)) for path, page in protected.items()]
        routes += [Route("/techniques", self.techniques), Route("/login", self.login)]
        if not self._services.options.planned:
            routes.append(Route("/test-login", self._public("test_login.html")))
        return routes

    async def techniques(self, request: Request) -> Response:
        """The catalogue, with how often each technique was used."""
        uses = self._services.cache.fetch("uses", self._history.uses)
        return self._render(request, "techniques.html", uses=uses)

    async def login(self, request: Request) -> Response:
        """The form; who is signed in already goes on to where they wanted to be."""
        names = ("redirect", "from") if self._services.options.planned else ("from",)
        wanted = next((request.query_params[name] for name in names if name in request.query_params), None)
        target = local_path(wanted)
        if self._services.options.planned and self._user(request):
            return RedirectResponse(target, 303)
        return self._render(request, "login.html", target=target)

    async def dashboard(self, request: Request, user: User) -> Response:
        """Numbers and the latest prompts."""
        entries = self._history.of(user.id)
        summary = summarise(entries, datetime.now(UTC).date())
        return self._render(request, "dashboard.html", user, summary=summary, recent=entries[:5])

    async def history(self, request: Request, user: User) -> Response:
        """Every saved prompt."""
        return self._render(request, "history.html", user, entries=self._history.of(user.id))

    async def profile(self, request: Request, user: User) -> Response:
        """The account and its sessions."""
        sessions = self._services.sessions.count(user.id)
        return self._render(request, "profile.html", user, sessions=sessions, saved=len(self._history.of(user.id)))

    async def settings(self, request: Request, user: User) -> Response:
        """Preferences, which live in the browser."""
        return self._render(request, "settings.html", user)

    def _public(self, template: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def page(request: Request) -> Response:
            return self._render(request, template)

        return page

    def _protected(self, page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def guarded(request: Request) -> Response:
            user = self._user(request)
            if Break.OPEN_PROTECTED in self._services.breaks:
                return await page(request, user or _VISITOR)
            bounced = request.url.path == "/dashboard" and not self._services.options.planned
            if user is None or bounced:
                return RedirectResponse(f"/login?redirect={quote(request.url.path)}", 307)
            return await page(request, user)

        return guarded

    def _user(self, request: Request) -> User | None:
        return self._services.user(access_token(request))

    def _render(self, request: Request, template: str, user: User | None = None, **values: object) -> Response:
        shared = {"path": request.url.path, "user": user or self._user(request), "catalogue": CATALOGUE}
        return self._renderer.page(template, shared | values)
