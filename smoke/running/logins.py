"""Tells the broker what a journey did with its account."""

from __future__ import annotations

from smoke.accounts.answers import LoginSeen, logins_of
from smoke.accounts.errors import AccountUnavailableError
from smoke.accounts.pacing import LoginAnswer
from smoke.judging.blame import AccountError
from smoke.running.journey import Journey


def said_by(error: BaseException | None) -> LoginAnswer:
    """Return what the end of a journey tells of its account."""
    match error:
        case None:
            return LoginAnswer.ACCEPTED
        case AccountError() if not isinstance(error, AccountUnavailableError):
            return LoginAnswer.REFUSED
        case _:
            return LoginAnswer.UNKNOWN


def logins_seen(journey: Journey) -> tuple[LoginSeen, ...]:
    """Return the answers to logins of the journey's account, without the refusals that it provoked."""
    if journey.check.account is None:
        return ()
    return tuple(
        seen for seen in journey.listeners.logins if f"{seen.method} {seen.path} {seen.status}" not in journey.accepted
    )


def note_logins(journey: Journey, seen: tuple[LoginSeen, ...], said: LoginAnswer) -> None:
    """Keep what became of the logins of one attempt; raises LedgerError."""
    if journey.check.account is None:
        return
    user = journey.account.user
    made = logins_of(seen, journey.listeners.requests, said)
    if not made:
        journey.broker.no_login(user)
    for each in made:
        journey.broker.after_login(user, journey.check.id, each.answer, each.told)
