"""Signing in to a JSON API: an opaque bearer token that says as little as possible about its owner."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smoke.demo.accounts import Locked, User
from smoke.demo.credentials import Credentials
from smoke.demo.kit.errors import ApiError
from smoke.demo.kit.fields import Fields, json_object
from smoke.demo.services import Services


def add_accounts(services: Services, credentials: Credentials, domain: str, people: dict[str, str]) -> dict[str, User]:
    """Create the accounts that are not there yet, and find the others.

    Args:
        services: Where accounts live.
        credentials: The password that all of them have.
        domain: What follows the @ in their e-mail addresses.
        people: What stands before the @, and the role.

    Returns:
        The users by what stands before the @.
    """
    found: dict[str, User] = {}
    password_hash = None
    for name, role in people.items():
        row = services.store.one("SELECT id FROM users WHERE email = ?", f"{name}@{domain}")
        user = services.accounts.by_id(row["id"]) if row else None
        if user is None:
            password_hash = password_hash or credentials.password_hash()
            user = services.accounts.add(
                email=f"{name}@{domain}", name=name, role=role, password_hash=password_hash, totp_secret=None
            )
        found[name] = user
    return found


class SignIn:
    """Login, logout and claims below a prefix, for the accounts of one domain."""

    def __init__(self, services: Services, *, prefix: str, domain: str, scopes: dict[str, list[str]]) -> None:
        self._services, self._prefix, self._domain, self._scopes = services, prefix, f"@{domain}", scopes

    def routes(self) -> list[Route]:
        """The calls that this part answers."""
        return [
            Route(f"{self._prefix}/login", self.login, methods=["POST"]),
            Route(f"{self._prefix}/logout", self.logout, methods=["POST"]),
            Route(f"{self._prefix}/claims", self.claims),
        ]

    def user(self, request: Request, *roles: str) -> User:
        """Who sends the request.

        Raises:
            ApiError: 401, nobody is signed in; 403, somebody with another role than these.
        """
        user = self._services.user(_token(request))
        if user is None or not user.email.endswith(self._domain):
            raise ApiError(401, "unauthorized", "A valid bearer token is needed")
        if roles and user.role not in roles:
            raise ApiError(403, "forbidden", "Your role does not allow this")
        return user

    async def login(self, request: Request) -> Response:
        """Open a session for an e-mail address and a password."""
        fields = Fields(await json_object(request))
        email, password = fields.text("email", 254), fields.text("password", 1024)
        fields.check()
        found = await self._services.accounts.check_password(email, password)
        if isinstance(found, Locked):
            raise ApiError(403, "account_locked", "Too many wrong passwords; try again later")
        if found is None or not found.email.endswith(self._domain):
            raise ApiError(401, "invalid_credentials", "E-mail address or password is wrong")
        session = self._services.sessions.open(found.id, remember=False)
        token = {"access_token": session.access_token, "token_type": "Bearer", "expires_in": session.expires_in}
        return JSONResponse(token)

    async def logout(self, request: Request) -> Response:
        """End the session of the token."""
        self._services.sessions.revoke(_token(request))
        return Response(status_code=204)

    async def claims(self, request: Request) -> Response:
        """Tell what the token stands for: an opaque subject, a role, and what that may do."""
        user = self.user(request)
        return JSONResponse({"sub": user.id, "role": user.role, "scopes": self._scopes.get(user.role, [])})


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
