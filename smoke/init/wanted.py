"""What somebody says of the application that a suite is wanted for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.addresses import check_open, parts_of
from smoke.init.naming import identifier

ENVIRONMENT, SSO = "local", "sso"
"""Names of the environment that is written, and of the address in it where the login is, if that is another one."""
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWanted:
    """The account to sign in with; its secrets are named only."""

    user: str
    password: str
    """Name of the environment variable."""
    totp: str | None
    """Name of the environment variable with the key of its second factor; None: it has none."""
    start: str
    """Path of the page with the form, below the address; empty: to be looked for."""
    sso: str
    """Origin of another address where the form is, and its password may be typed; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the suite is to be about."""

    title: str
    url: str
    """Without a slash at its end."""
    account: AccountWanted | None
    """None: it has no login."""

    @property
    def urls(self) -> dict[str, str]:
        """Its further addresses, by name."""
        return {SSO: self.account.sso} if self.account and self.account.sso else {}

    @property
    def suite(self) -> str:
        """Name of the suite: of folders, and of a Python package."""
        return suite_of(self.title)


def suite_of(title: str) -> str:
    """Return the name of the suite for ``title``; raises ValueError if nothing is left of it."""
    if not (name := identifier(title)):
        raise ValueError(f"is a word or several, beginning with a letter, such as 'My Shop'; got {title!r}")
    return name


def address(text: str) -> str:
    """Return the address of an application as it is written into suite.yaml; raises ValueError."""
    check_open("it", text)
    parts = parts_of(text, "http", "https")
    if parts is None or parts.query or parts.fragment:
        raise ValueError(f"is the address of the start page, https://… without ? and #; got {text!r}")
    return text.rstrip("/")


def origin(text: str) -> str:
    """Return the origin of another address that the password may be typed at; raises ValueError."""
    plain = address(text)
    if urlsplit(plain).path:
        raise ValueError(f"is where the login is, without a path: such as https://sso.example.com; got {text!r}")
    return plain


def variable(text: str) -> str:
    """Return the name of an environment variable; raises ValueError, without telling what may be a secret."""
    if not VARIABLE.fullmatch(text):
        raise ValueError("is the name of an environment variable such as SHOP_PASSWORD, never a secret")
    return text
