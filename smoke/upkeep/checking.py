"""Looks at one account: signs in once, asks who it is and what it must be refused."""

from __future__ import annotations

from datetime import date

from smoke.judging.hints import hint
from smoke.model import Blame, Category, CheckKind, Outcome
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError
from smoke.probing.sign_in import SignedIn
from smoke.target import Credentials
from smoke.upkeep.entrance import Entrance
from smoke.upkeep.judging import Answered, Found, Property, known, password_age, rights, signs_in, told_by_whoami
from smoke.upkeep.planned import Meant

NOT_IN = "it did not sign in"


def look(meant: Meant, entrance: Entrance, account: Credentials, today: date) -> tuple[Found, ...]:
    """Return what was found of every property of ``account``. It signs in once, whatever comes of it."""
    declared = meant.accounts[account.name]
    age = _made_anew() if meant.embedded else password_age(declared, today)
    try:
        with entrance.admitted(account):
            signed_in = entrance.enter(account, account.password)
            told = _told(meant, entrance, account, signed_in)
            allowed = _rights(meant, entrance, account, signed_in, told)
    except ProbeFailedError as error:
        refused = _unseen(Property.SIGNS_IN, error.finding)
        missed = (Property.IDENTITY, Property.ROLE, Property.RIGHTS)
        return (refused, *(Found(each, Outcome.NOT_RUN, NOT_IN) for each in missed), age)
    return (signs_in(declared, signed_in.code_asked), *told, allowed, age)


def _told(meant: Meant, entrance: Entrance, account: Credentials, signed_in: SignedIn) -> tuple[Found, ...]:
    whoami = meant.login.whoami
    assert whoami is not None, "the command asks for it before anybody signs in"
    try:
        answer = entrance.ask(whoami.request, account, signed_in.proof)
    except ProbeFailedError as error:
        asked = (Property.IDENTITY, whoami.user), (Property.ROLE, whoami.role)
        return tuple(_unseen(each, error.finding) for each, path in asked if path is not None)
    return told_by_whoami(whoami, answer, meant.accounts[account.name])


def _rights(
    meant: Meant, entrance: Entrance, account: Credentials, signed_in: SignedIn, told: tuple[Found, ...]
) -> Found:
    if not known(told):
        whoami = meant.login.whoami.request if meant.login.whoami else "nobody"
        text = f"{whoami} did not say who is signed in, so a refusal would say nothing"
        return Found(Property.RIGHTS, Outcome.NOT_RUN, text)
    may_not = meant.accounts[account.name].may_not
    return rights(_asked(entrance, request, account, signed_in) for request in may_not)


def _asked(entrance: Entrance, request: str, account: Credentials, signed_in: SignedIn) -> Answered:
    try:
        return Answered(request, entrance.ask(request, account, signed_in.proof).status)
    except ProbeFailedError as error:
        return Answered(request, None, str(error.finding.blame))


def _unseen(each: Property, finding: Finding) -> Found:
    evidence = f" ({'; '.join(finding.evidence)})" if finding.evidence else ""
    next_step = "" if finding.blame is Blame.HARNESS else hint(finding, Category.AUTHENTICATION, CheckKind.PROBE)
    return Found(each, Outcome.INCONCLUSIVE, f"{finding.blame}: {finding.rule}{evidence}", next_step)


def _made_anew() -> Found:
    return Found(Property.PASSWORD_AGE, Outcome.PASS, "made anew at this start of the embedded application")
