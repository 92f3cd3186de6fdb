"""The shape of an account in suite.yaml: what it is, what it may not do, and how its password is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len

from smoke.answers.shapes import Positive
from smoke.answers.variables import names_in
from smoke.config.login import check_written
from smoke.config.probe import close_to
from smoke.strict import Checked, Strict, Text, check_each

Command = Annotated[tuple[Text, ...], Len(1)]
DOTENV: Literal["dotenv"] = "dotenv"
CHANGE_NAMES = {"user", "old", "new"}
CHANGING = ("POST", "PUT", "PATCH")


def _variable(name: str) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ValueError("password and totp name environment variables such as SMOKE_TEST_PASSWORD, never secrets")


def _reading(request: str) -> None:
    check_written(request)
    if not request.startswith(("GET ", "HEAD ")):
        raise ValueError(f"may_not only reads: GET or HEAD and a path; got {request!r}")


Secretly = Annotated[Text, Checked(_variable)]
Reading = Annotated[str, Checked(_reading)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation(Strict):
    """How ``smoke accounts rotate`` changes the password, in the product and where it is kept.

    Commands are lists: program and arguments, run without a shell in the project's folder. They find
    SMOKE_ACCOUNT_USER, SMOKE_OLD_PASSWORD and SMOKE_NEW_PASSWORD in their environment.
    """

    change: Command | None = None
    """A command that changes the password in the product; none: request does."""
    request: str | None = None
    """Such as ``PUT /auth/password``; it goes where the login goes, signed in as the account."""
    body: dict[str, Any] | None = None
    """Sent as JSON with the request; ``{user}``, ``{old}`` and ``{new}`` are filled in."""
    store: Literal["dotenv"] | Command
    """``dotenv`` writes the variable into the project's .env; or a command that puts the password elsewhere."""
    timeout_s: Positive = 60
    """Longest that one command may take. By default 60."""

    def __post_init__(self) -> None:
        if (self.change is None) == (self.request is None) or (self.request is None) != (self.body is None):
            raise ValueError("a rotation has either change, a command, or request and body")
        if self.request is not None:
            check_each([(("request",), partial(_changing, self.request)), (("body",), partial(_with_new, self.body))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Strict):
    """A dedicated smoke account. Its secrets are named here and stand in the environment or .env."""

    user: Text
    """Name that it signs in with."""
    role: Text
    """Its role in the product's own word: what whoami answers for it."""
    password: Secretly
    """Name of the environment variable that holds the password."""
    totp: Secretly | None = None
    """Name of the environment variable that holds the TOTP secret; none: no second factor."""
    password_set: date | None = None
    """Day on which the password was last changed; ``smoke accounts rotate`` writes it."""
    max_password_days: Annotated[int, Ge(1)] = 30
    """Largest good age of the password. By default 30."""
    may_not: tuple[Reading, ...] = ()
    """Reading requests, such as ``GET /api/admin/users``, that it must be refused with 401, 403 or 404. They go where
    the login goes."""
    rotation: Rotation | None = None
    """How its password is changed; none: by hand."""


def _changing(request: str) -> None:
    check_written(request)
    if request.partition(" ")[0] not in CHANGING:
        raise ValueError(f"what changes a password is POST, PUT or PATCH; got {request!r}")


def _with_new(body: dict[str, Any] | None) -> None:
    if "new" not in names_in(body):
        raise ValueError("body has no {new}: that is where the new password goes")
    for name in sorted(names_in(body) - CHANGE_NAMES):
        raise ValueError(f"a change of password does not know {{{name}}}; {close_to(name, CHANGE_NAMES)}")
