"""Whom Astronote is for, and how its APIs know them."""

from __future__ import annotations

from smoke.demo.accounts import Locked, User
from smoke.demo.kit.sign_in import SignIn
from smoke.demo.services import Services

DOMAIN = "astronote.example"
ROLE = "merchant"


def sign_in(services: Services) -> SignIn:
    """Login, logout and claims of an API."""
    scopes = {ROLE: ["dashboard:read", "segments:read", "campaigns:write"]}
    return SignIn(services, prefix="/api/auth", domain=DOMAIN, scopes=scopes)


async def enter(services: Services, email: str, password: str) -> User | str:
    """The merchant whose e-mail address and password these are, or what to tell whoever typed them."""
    found = await services.accounts.check_password(email, password)
    if isinstance(found, Locked):
        return f"Too many wrong passwords. Try again after {found.until:%H:%M} UTC."
    if found is None or found.role != ROLE:
        return "Wrong e-mail address or password."
    return found
