"""The shape of a login in suite.yaml: how accounts sign in, prove a second factor, and are told who they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from smoke.answers.paths import JsonPath
from smoke.answers.variables import names_in
from smoke.config.probe import check_request, close_to
from smoke.strict import Checked, Strict, Text, check_each

LOGIN_NAMES = {"user", "password"}


def check_written(request: str) -> None:
    """Raise ValueError unless ``request`` is method and path, and sent as it is written."""
    check_request(request)
    for name in sorted(names_in(request)):
        raise ValueError(f"request is sent as it is written, with {{{name}}}: say in body or form who signs in")


def _check_whoami(request: str) -> None:
    check_written(request)
    if not request.startswith("GET "):
        raise ValueError(f"whoami only reads, so it is a GET request; got {request!r}")


Written = Annotated[Text, Checked(check_written)]
"""A request that is sent as it is written."""


def _check_names(sent: object) -> None:
    for name in sorted(names_in(sent) - LOGIN_NAMES):
        raise ValueError(f"a login does not know {{{name}}}; {close_to(name, LOGIN_NAMES)}")


FILLED_IN = Checked(_check_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor(Strict):
    """What a login asks for after the password, of accounts that have ``totp``."""

    request: Written
    """Such as ``POST /auth/mfa``; it goes where the login goes, and its answer signs in."""
    body: dict[str, Any]
    """Sent as JSON; ``{code}``, ``{user}`` and captured names are filled in."""
    capture: Annotated[dict[str, JsonPath], Len(1)]
    """Name to JSON path in the login's answer, such as ``mfa_token: mfa_token``: sent back as ``{mfa_token}``. An
    answer that holds them all asks for the second factor."""

    def __post_init__(self) -> None:
        check_each([(("body",), self._check_body)])

    def _check_body(self) -> None:
        if "code" not in names_in(self.body):
            raise ValueError("body has no {code}: that is where the code of the account's authenticator goes")
        known = {"code", "user", *self.capture}
        for name in sorted(names_in(self.body) - known):
            raise ValueError(f"a second factor does not know {{{name}}}; {close_to(name, known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAmI(Strict):
    """Where the product tells an account who it is."""

    request: Annotated[Text, Checked(_check_whoami)]
    """Such as ``GET /auth/profile``; it goes where the login goes, signed in."""
    user: JsonPath | None = None
    """JSON path of the name that accounts sign in with; none: the answer does not tell it."""
    role: JsonPath | None = None
    """JSON path of the role, one word or a list of one; none: the answer does not tell it."""

    def __post_init__(self) -> None:
        if self.user is None and self.role is None:
            raise ValueError("whoami says where in the answer user or role stands, or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Strict):
    """How an account signs in over HTTP: with the token or the cookie that a login answers, or by HTTP Basic."""

    request: Written | None = None
    """Such as ``POST /auth/login``."""
    body: Annotated[dict[str, Any], FILLED_IN] | None = None
    """Sent as JSON; ``{user}`` and ``{password}`` are filled in."""
    form: Annotated[dict[str, str], FILLED_IN] | None = None
    """Sent instead of body, as an HTML form is; ``{user}`` and ``{password}`` are filled in."""
    token: JsonPath | None = None
    """JSON path of the token in the answer; it is sent as ``Authorization: Bearer``."""
    cookie: str | None = None
    """Name of a cookie that the answer sets, and only where it accepts the account."""
    basic: bool = False
    """Send user and password with each request (RFC 7617); stands alone, or with whoami."""
    base: str | None = None
    """Name of one of the environment's urls; by default base_url."""
    second_factor: SecondFactor | None = None
    """What is asked for after the password; none: the password alone signs in."""
    whoami: WhoAmI | None = None
    """Where the product says who is signed in; ``smoke accounts check`` needs it."""

    def __post_init__(self) -> None:
        asked = (self.request, self.body, self.form, self.token, self.cookie, self.base, self.second_factor)
        if self.basic:
            if asked != (None,) * len(asked):
                raise ValueError("basic stands alone: with it there is no login to ask")
            return
        if self.request is None or (self.body is None) == (self.form is None):
            raise ValueError("a login has request and either body or form, or it is basic: true")
        if (self.token is None) == (self.cookie is None):
            raise ValueError("a login has either token or cookie: what of its answer signs in")

    @property
    def writes(self) -> Iterator[str]:
        """Yield the requests that signing in makes."""
        if self.request is not None:
            yield self.request
        if self.second_factor is not None:
            yield self.second_factor.request
