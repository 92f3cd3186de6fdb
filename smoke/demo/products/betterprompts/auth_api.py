"""Signing in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.accounts import Locked, User
from smoke.demo.breaks import Break
from smoke.demo.products.betterprompts.requests import (
    AUTH_COOKIE,
    REFRESH_COOKIE,
    BadRequestError,
    access_token,
    json_object,
    text_of,
)
from smoke.demo.services import Services
from smoke.demo.sessions import Session

SHORTEST_PASSWORD = 12


class AuthApi:
    """``/api/v1/auth``, and what only administrators may read."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        base = "/api/v1/auth"
        routes = [
            Route(f"{base}/login", self.login, methods=["POST"]),
            Route(f"{base}/refresh", self.refresh, methods=["POST"]),
            Route(f"{base}/logout", self.logout, methods=["POST"]),
            Route(f"{base}/profile", self.profile),
        ]
        if self._services.options.planned:
            routes += [
                Route(f"{base}/mfa", self.second_factor, methods=["POST"]),
                Route(f"{base}/password", self.change_password, methods=["PUT"]),
                Route("/api/v1/admin/users", self.users),
            ]
        return routes

    async def login(self, request: Request) -> Response:
        """A session for e-mail or user name and password, or a challenge for the second factor."""
        body = await json_object(request)
        login, password = text_of(body, "email_or_username", 254), text_of(body, "password", 1024)
        remember = body.get("remember_me") is True
        found = await self._services.accounts.check_password(login, password)
        if isinstance(found, Locked):
            until = found.until.isoformat(timespec="seconds")
            return JSONResponse({"error": "Account locked", "locked_until": until}, 403)
        if found is None or Break.LOGIN_REFUSED in self._services.breaks:
            return JSONResponse({"error": "Invalid credentials"}, 401)
        if found.mfa_enabled and self._services.options.planned:
            token = self._services.challenges.open(found.id, remember=remember)
            return JSONResponse({"mfa_required": True, "mfa_token": token})
        return self._signed_in(request, found, remember=remember)

    async def second_factor(self, request: Request) -> Response:
        """A session for the token of a challenge and a code of the user's authenticator."""
        body = await json_object(request)
        token, code = text_of(body, "mfa_token", 200), text_of(body, "code", 20)
        challenge = self._services.challenges.attempt(token)
        user = self._services.accounts.by_id(challenge.user_id) if challenge else None
        if challenge is None or user is None:
            return JSONResponse({"error": "Invalid or expired token"}, 401)
        refused = Break.TOTP_REFUSED in self._services.breaks
        if refused or not self._services.accounts.accept_code(user.id, code.replace(" ", "")):
            return JSONResponse({"error": "Invalid code"}, 401)
        self._services.challenges.close(token)
        return self._signed_in(request, user, remember=challenge.remember)

    async def refresh(self, request: Request) -> Response:
        """A new session for a refresh token; the old one ends."""
        token = request.cookies.get(REFRESH_COOKIE)
        if token is None:
            token = text_of(await json_object(request), "refresh_token", 200)
        session = self._services.sessions.renew(token)
        user = self._services.accounts.by_id(session.user_id) if session else None
        if session is None or user is None:
            return JSONResponse({"error": "Invalid or expired token"}, 401)
        return _with_session(request, user, session)

    async def logout(self, request: Request) -> Response:
        """Ends the session; says so even if there was none."""
        reply = JSONResponse({"message": "Logged out successfully"})
        if Break.LOGOUT_KEEPS_SESSION in self._services.breaks:
            return reply
        for token in {access_token(request), *map(request.cookies.get, (AUTH_COOKIE, REFRESH_COOKIE))}:
            self._services.sessions.revoke(token or "")
        for cookie in (AUTH_COOKIE, REFRESH_COOKIE):
            reply.delete_cookie(cookie, httponly=True, samesite="lax", secure=_secure(request))
        return reply

    async def profile(self, request: Request) -> Response:
        """The user who is signed in."""
        user = self._user(request)
        return user if isinstance(user, Response) else JSONResponse(user.public())

    async def change_password(self, request: Request) -> Response:
        """Another password for the user who is signed in and knows the current one."""
        user = self._user(request)
        if isinstance(user, Response):
            return user
        body = await json_object(request)
        current, new = text_of(body, "current_password", 1024), text_of(body, "new_password", 1024)
        if len(new) < SHORTEST_PASSWORD or new == current:
            raise BadRequestError(f"new_password: must be another of at least {SHORTEST_PASSWORD} characters")
        found = await self._services.accounts.check_password(user.email, current)
        if not isinstance(found, User):
            return JSONResponse({"error": "Invalid credentials"}, 403)
        await self._services.accounts.set_password(user.id, new)
        return JSONResponse({"message": "Password changed successfully"})

    async def users(self, request: Request) -> Response:
        """Everybody, for administrators; no account of the embedded application is one."""
        user = self._user(request)
        return user if isinstance(user, Response) else JSONResponse({"error": "Insufficient permissions"}, 403)

    def _user(self, request: Request) -> User | Response:
        token = access_token(request)
        if not token:
            return JSONResponse({"error": "Authorization required"}, 401)
        user = self._services.user(token)
        return user or JSONResponse({"error": "Invalid or expired token"}, 401)

    def _signed_in(self, request: Request, user: User, *, remember: bool) -> Response:
        return _with_session(request, user, self._services.sessions.open(user.id, remember=remember))


def _with_session(request: Request, user: User, session: Session) -> Response:
    reply = JSONResponse(
        {
            "user": user.public(),
            "access_token": session.access_token,
            "refresh_token": session.refresh_token,
            "expires_in": session.expires_in,
        }
    )
    cookies = (
        (AUTH_COOKIE, session.access_token, session.expires_in),
        (REFRESH_COOKIE, session.refresh_token, session.refresh_expires_in),
    )
    for name, value, seconds in cookies:
        max_age = seconds if session.remember else None
        reply.set_cookie(name, value, max_age, httponly=True, samesite="lax", secure=_secure(request))
    return reply


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
