"""What the answers to its login requests say of an account. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from smoke.accounts.pacing import LoginAnswer
from smoke.config.login import Login
from smoke.model import Blame
from smoke.observation import Finding

REFUSING = frozenset({401, 403, 423})
"""Wrong, forbidden, locked (RFC 4918)."""
TOO_OFTEN = 429
"""RFC 6585: the password was not even looked at."""


class LoginStep(Enum):
    """A request of signing in."""

    PASSWORD = auto()
    SECOND_FACTOR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSeen:
    """An answer to a login request."""

    part: LoginStep
    method: str
    path: str
    status: int

    def __str__(self) -> str:
        """Say request and answer in the words of evidence."""
        return f"{self.method} {self.path} answered {self.status}"

    @property
    def refuses(self) -> bool:
        """Whether it refuses the account, for now at least."""
        return self.status in REFUSING or self.status == TOO_OFTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequests:
    """How the requests of signing in are recognised; by default none is."""

    parts: tuple[tuple[str, str, LoginStep], ...] = ()
    """Method, address without query, and what it is."""
    by_status: bool = False
    """Whether a good status means that the account was let in: HTML forms answer 200 or 302 either way."""

    def seen(self, method: str, url: str, status: int) -> LoginSeen | None:
        """Return what an answer tells of a login; None where it is none."""
        bare = url.partition("?")[0].partition("#")[0]
        for wanted, address, part in self.parts:
            if (wanted, address) == (method, bare):
                return LoginSeen(part=part, method=method, path=urlsplit(bare).path, status=status)
        return None


@dataclass(frozen=True, slots=True)
class LoginMade:
    """One login of a check, with its evidence."""

    answer: LoginAnswer
    told: str


def login_requests(login: Login | None, address: str) -> LoginRequests:
    """Return how the requests of ``login`` below ``address`` are recognised."""
    if login is None or login.request is None:
        return LoginRequests()
    asked = {LoginStep.PASSWORD: login.request}
    if login.second_factor is not None:
        asked[LoginStep.SECOND_FACTOR] = login.second_factor.request
    return LoginRequests(
        parts=tuple((*_addressed(request, address), part) for part, request in asked.items()),
        by_status=login.form is None,
    )


def logins_of(seen: Sequence[LoginSeen], requests: LoginRequests, said: LoginAnswer) -> tuple[LoginMade, ...]:
    """Return the logins of one attempt at a check, in order.

    ``said`` is what the check itself tells of the last one: it got on, it raised AccountError, or neither. A refused
    second factor makes a refused login of an accepted password: products lock accounts for both.
    """
    found: list[LoginMade] = []
    for each in seen:
        login = LoginMade(_answer(each, requests, said), str(each))
        if each.part is LoginStep.SECOND_FACTOR and found:
            found.pop()
        found.append(login)
    if not found and (said is LoginAnswer.REFUSED or not requests.parts):
        return (LoginMade(said, "the check itself says so"),)
    if said is LoginAnswer.REFUSED and _says_of_password(seen[-1]):
        found[-1] = LoginMade(LoginAnswer.REFUSED, found[-1].told)
    return tuple(found)


def refusal(user: str, seen: Sequence[LoginSeen]) -> Finding | None:
    """Return the finding that an answer refused ``user``; None where none did."""
    for each in seen:
        if each.refuses:
            told = tuple(str(answer) for answer in seen)
            return Finding(rule=f"login of {user} was not accepted: {each}", blame=Blame.ACCOUNT, evidence=told)
    return None


def _addressed(request: str, address: str) -> tuple[str, str]:
    method, path = request.split(" ", 1)
    return method, address + path.partition("?")[0]


def _says_of_password(seen: LoginSeen) -> bool:
    """Tell whether an answer may be one to the password: no server error, and no limit."""
    return seen.status < 500 and seen.status != TOO_OFTEN


def _answer(seen: LoginSeen, requests: LoginRequests, said: LoginAnswer) -> LoginAnswer:
    if seen.status == TOO_OFTEN:
        return LoginAnswer.LIMITED
    if seen.refuses:
        return LoginAnswer.REFUSED
    if seen.status >= 400:
        return LoginAnswer.UNKNOWN
    return LoginAnswer.ACCEPTED if requests.by_status else said
