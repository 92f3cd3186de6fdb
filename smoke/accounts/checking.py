"""Looks at one account: signs in once, asks who it is and what it must be refused."""

from __future__ import annotations

from datetime import date

from smoke.accounts.entrance import Entrance
from smoke.accounts.judging import Answered, Found, Property, known, password_age, rights, signs_in, told_by_whoami
from smoke.accounts.planned import Meant
from smoke.config.account import Account
from smoke.model import Outcome
from smoke.probing.client import ProbeFailedError
from smoke.probing.sign_in import SignedIn
from smoke.running.target import Credentials

NOT_IN = "it did not sign in"


def look(meant: Meant, entrance: Entrance, account: Credentials, today: date) -> tuple[Found, ...]:
    """Return what was found of every property of ``account``. It signs in once, whatever comes of it."""
    declared = meant.accounts[account.name]
    age = _made_anew() if meant.embedded else password_age(declared, today)
    try:
        with entrance.admitted(account):
            signed_in = entrance.enter(account, account.password)
            told = _told(meant, entrance, account, signed_in, declared)
            allowed = _rights(entrance, account, signed_in, declared, told)
    except ProbeFailedError as error:
        refused = Found(Property.SIGNS_IN, Outcome.INCONCLUSIVE, f"{error.finding.blame}: {error.finding.rule}")
        missed = (Property.IDENTITY, Property.ROLE, Property.RIGHTS)
        return (refused, *(Found(each, Outcome.NOT_RUN, NOT_IN) for each in missed), age)
    return (signs_in(declared, signed_in.code_asked), *told, allowed, age)


def _told(
    meant: Meant, entrance: Entrance, account: Credentials, signed_in: SignedIn, declared: Account
) -> tuple[Found, ...]:
    whoami = meant.login.whoami
    assert whoami is not None, "the command asks for it before anybody signs in"
    try:
        answer = entrance.ask(whoami.request, account, signed_in.proof)
    except ProbeFailedError as error:
        asked = (Property.IDENTITY, whoami.user), (Property.ROLE, whoami.role)
        text = f"{error.finding.blame}: {error.finding.rule}"
        return tuple(Found(each, Outcome.INCONCLUSIVE, text) for each, path in asked if path is not None)
    return told_by_whoami(whoami, answer, declared)


def _rights(
    entrance: Entrance, account: Credentials, signed_in: SignedIn, declared: Account, told: tuple[Found, ...]
) -> Found:
    if not known(told):
        return Found(Property.RIGHTS, Outcome.NOT_RUN, "nobody says who is signed in, so a refusal would say nothing")
    return rights(_asked(entrance, request, account, signed_in) for request in declared.may_not)


def _asked(entrance: Entrance, request: str, account: Credentials, signed_in: SignedIn) -> Answered:
    try:
        return Answered(request, entrance.ask(request, account, signed_in.proof).status)
    except ProbeFailedError as error:
        return Answered(request, None, str(error.finding.blame))


def _made_anew() -> Found:
    return Found(Property.PASSWORD_AGE, Outcome.PASS, "made anew at this start of the embedded application")
