"""When an account may sign in, and which time step its code may come from. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

STEP_S = 30
SAFE_S = 3.0
"""Under this many seconds before the step ends, a code may be late when it arrives."""
HOUR_S = 3600.0


class LoginAnswer(StrEnum):
    """What became of a login."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LIMITED = "limited"
    """Too often (RFC 6585): nothing was said of the password."""
    UNKNOWN = "unknown"
    """Not answered, or not in a way that says: a server error, a run that was killed."""


@dataclass(frozen=True, slots=True)
class PastLogin:
    """One login of an account."""

    at: float
    """Seconds since the epoch."""
    answer: LoginAnswer
    password: str | None = None
    """Fingerprint of the password that was tried; None: nobody knows."""
    until: float | None = None
    """Before this time the product wants no other (Retry-After), in seconds since the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often an account may sign in. Products lock accounts after five wrong passwords or so: stay well below."""

    per_hour: int = 60
    spacing_s: float = 0.0
    """Shortest time between two logins."""
    refusals: int = 3
    """After so many refused logins in a row, over whatever time, the account rests."""
    rest_s: float = 1800.0
    """How long nothing is tried after the last of them."""


@dataclass(frozen=True, slots=True)
class Go:
    """The account may sign in now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The account may sign in after ``seconds``; ``reason`` says why not now."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The account must not sign in: it may be locked by it."""

    reason: str
    way_out: str
    """With ``{user}`` for the name that it signs in with."""


Turn = Go | Wait | Closed


def turn_of(past: Sequence[PastLogin], pace: Pace, now: float, password: str | None = None) -> Turn:
    """Say whether an account with these logins may sign in at ``now`` (seconds since the epoch).

    A login of the future, written before a clock was set back, counts as one of now. Refusals of another password
    than the one with the fingerprint ``password`` do not count.
    """
    logins = sorted(past, key=lambda login: login.at, reverse=True)
    ages = [max(0.0, now - login.at) for login in logins]
    if (rest := _rest([login for login in logins if _may_be(login, password)], pace, now)) > 0:
        return Closed(
            f"its last {pace.refusals} logins were refused: the next may be tried in {math.ceil(rest / 60)} min",
            "set another password, or run `smoke accounts forgive {user}`",
        )
    if (limit := max((login.until or 0.0 for login in logins), default=0.0) - now) > 0:
        return Wait(limit, f"the product answered 429 and wants none for {limit:.0f} s")
    if ages and ages[0] < pace.spacing_s:
        return Wait(pace.spacing_s - ages[0], f"its logins are {pace.spacing_s:g} s apart")
    recent = [age for age in ages if age < HOUR_S]
    if len(recent) >= pace.per_hour:
        return Wait(HOUR_S - recent[pace.per_hour - 1], f"it signed in {len(recent)} times within an hour")
    return Go()


def _rest(latest_first: Sequence[PastLogin], pace: Pace, now: float) -> float:
    """Return the seconds until an account that was refused again and again may be tried once more."""
    known = [login for login in latest_first if login.answer in (LoginAnswer.ACCEPTED, LoginAnswer.REFUSED)]
    refused = list(takewhile(lambda login: login.answer is LoginAnswer.REFUSED, known))[: pace.refusals]
    if len(refused) < pace.refusals:
        return 0.0
    return pace.rest_s - max(0.0, now - refused[0].at)


def _may_be(login: PastLogin, password: str | None) -> bool:
    """Tell whether ``login`` was one with this password, as far as anybody knows."""
    return None in (login.password, password) or login.password == password


def wait_for_step(now: float, last_step: int | None) -> float:
    """Return the seconds to wait at ``now`` until a time step (RFC 6238) begins that is fresh and has time left.

    ``now`` is the server's time in seconds since the epoch, ``last_step`` the last one whose code was used.
    """
    step, left = int(now // STEP_S), STEP_S - now % STEP_S
    used = last_step is not None and step <= last_step
    return left if used or left < SAFE_S else 0.0
