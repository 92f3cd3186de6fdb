"""How an account is proven: the header that a login's answer, or HTTP Basic, comes to. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from smoke.answers.exchange import Exchange
from smoke.config.login import Login
from smoke.secrets.secret import Secret


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a request of an account carries."""

    header: str
    before: str
    """What stands in the header before the secret."""
    secret: Secret

    def on(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Return ``headers`` with this one."""
        return (*headers, (self.header, self.before + self.secret.reveal()))


def basic(user: str, password: Secret) -> Authorization:
    """User and password as HTTP Basic sends them (RFC 7617)."""
    pair = f"{user}:{password.reveal()}".encode()
    return Authorization("Authorization", "Basic ", Secret(base64.b64encode(pair).decode()))


def answered(login: Login, exchange: Exchange) -> Authorization | None:
    """The token or the cookie that the answer to ``login`` gave; None where it gave none."""
    if login.cookie is not None:
        value = cookie_in(exchange, login.cookie) if exchange.status < 400 else ""
        return Authorization("Cookie", f"{login.cookie}=", Secret(value)) if value else None
    token = exchange.at(login.token or "$") if exchange.status < 300 else ""
    return Authorization("Authorization", "Bearer ", Secret(token)) if token and isinstance(token, str) else None


def cookie_in(exchange: Exchange, name: str) -> str:
    """Return the value that an answer gives the cookie ``name`` (RFC 6265); empty where it sets or leaves none."""
    value = ""
    for header, text in exchange.headers:
        said, _, rest = text.partition("=")
        if header.lower() == "set-cookie" and said.strip() == name:
            value = rest.partition(";")[0].strip()
    return value


def cookies_in(exchange: Exchange) -> list[str]:
    """Return the names of the cookies that an answer sets."""
    said = (text for header, text in exchange.headers if header.lower() == "set-cookie")
    return list(dict.fromkeys(text.partition("=")[0].strip() for text in said))
