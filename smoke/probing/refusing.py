"""What it says of an account that its login did not let it in."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from smoke.accounts.answers import TOO_OFTEN
from smoke.accounts.pacing import LoginAnswer
from smoke.answers.exchange import Exchange
from smoke.answers.expectations import edge_finding
from smoke.answers.paths import keys_in
from smoke.answers.soundness import flaws
from smoke.config.login import Login
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError
from smoke.probing.signing import cookies_in

if TYPE_CHECKING:
    from smoke.probing.account import ProbeAccount

LONGEST_S = 86_400.0
"""More than a day is not kept in mind."""


class LoginRefusedError(ProbeFailedError):
    """A login that did not let its account in, and is not made again in the same run."""

    def __init__(self, finding: Finding, answer: LoginAnswer, wait_s: float = 0.0) -> None:
        super().__init__(finding)
        self.answer = answer
        self.wait_s = wait_s
        """For so many seconds the product wants no other."""


def answer_of(error: ProbeFailedError) -> LoginAnswer:
    """Return what the end of a login says of its account."""
    if isinstance(error, LoginRefusedError):
        return error.answer
    return LoginAnswer.REFUSED if error.finding.blame is Blame.ACCOUNT else LoginAnswer.UNKNOWN


def wait_of(error: ProbeFailedError) -> float:
    """Return for how many seconds the product wants no other login."""
    return error.wait_s if isinstance(error, LoginRefusedError) else 0.0


def refused(who: ProbeAccount, request: str, exchange: Exchange, login: Login | None = None) -> ProbeFailedError:
    """Return what to raise where ``request`` did not let ``who`` in; an edge that answered says nothing of ``who``.

    With ``login``, a good answer that lacks what the login names is our own mistake.
    """
    if (stopped := edge_finding(exchange)) is not None:
        return ProbeFailedError(stopped)
    rule = f"login of {who.user} was not accepted: {request} answered {exchange.status}"
    if exchange.status >= 500:
        return ProbeFailedError(Finding(rule=rule, blame=Blame.APP_5XX))
    if exchange.status == TOO_OFTEN:
        wait_s = retry_after_s(exchange)
        later = (f"Retry-After asks for {wait_s:.0f} s",) if wait_s else ()
        return LoginRefusedError(Finding(rule=rule, blame=Blame.ACCOUNT, evidence=later), LoginAnswer.LIMITED, wait_s)
    if login and 200 <= exchange.status < 300 and (broken := _unreadable(login, exchange)) is not None:
        rule = f"login of {who.user} cannot be read: {request} answered {exchange.status}: {broken}"
        return LoginRefusedError(Finding(rule=rule, blame=Blame.ASSERTION), LoginAnswer.UNKNOWN)
    if login and 200 <= exchange.status < 300 and (lacking := _lacking(login, exchange)) is not None:
        rule = f"login of {who.user} cannot be read: {request} answered {exchange.status} and {lacking}"
        return LoginRefusedError(Finding(rule=rule, blame=Blame.HARNESS), LoginAnswer.UNKNOWN)
    return LoginRefusedError(Finding(rule=rule, blame=Blame.ACCOUNT), LoginAnswer.REFUSED)


def retry_after_s(exchange: Exchange) -> float:
    """Return the seconds that an answer asks to wait (RFC 9110, 10.2.3), a day at most; 0 where it asks for none."""
    said = exchange.header("Retry-After") or ""
    if said.strip().isdigit():
        return min(float(said), LONGEST_S)
    try:
        then, now = (parsedate_to_datetime(each) for each in (said, exchange.header("Date") or ""))
        return min(max(0.0, (then - now).total_seconds()), LONGEST_S)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _unreadable(login: Login, exchange: Exchange) -> str | None:
    """Say why nobody can tell from a good answer whether the account was let in; None if one can."""
    if login.token is None:
        return None
    return next(flaws(exchange, ()), None) or (None if exchange.body else "body is JSON (it is empty)")


def _lacking(login: Login, exchange: Exchange) -> str | None:
    """Say what a good answer lacks that suite.yaml names; None for what may be a refusal in a page's words."""
    if login.form is not None or login.basic:
        return None
    if login.cookie is not None:
        told = ", ".join(cookies_in(exchange)) or "none"
        return f"sets no cookie {login.cookie} (its cookies: {told}): mend login.cookie in suite.yaml"
    try:
        keys = keys_in(exchange.json)
    except ValueError:
        return None
    return f"has no {login.token} (its keys: {keys}): mend login.token in suite.yaml"
