"""Says of each property of an account whether it is as declared. Pure: answers and a date in, findings out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smoke.answers.exchange import Exchange
from smoke.answers.paths import MISSING, at_path, keys_in
from smoke.config.account import Account
from smoke.config.login import WhoAmI
from smoke.model import Outcome

NOT_FOUND = 404
REFUSED = (401, 403, NOT_FOUND)
"""Unauthorized, forbidden, and not found, as some hide what is forbidden (RFC 9110, 15.5)."""


class Property(StrEnum):
    """What is verified of an account."""

    SIGNS_IN = "signs in"
    IDENTITY = "identity"
    ROLE = "role"
    RIGHTS = "rights"
    PASSWORD_AGE = "password age"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one property."""

    property: Property
    outcome: Outcome
    text: str
    hint: str = ""
    """What to do next, where that is known."""


def signs_in(account: Account, code_asked: bool) -> Found:  # noqa: FBT001 - a fact, not a choice
    """Judge a login that was accepted."""
    if account.totp is None:
        return Found(Property.SIGNS_IN, Outcome.PASS, account.user)
    if code_asked:
        return Found(Property.SIGNS_IN, Outcome.PASS, f"{account.user}, with a second factor")
    text = f"{account.user} has totp, and the password alone signs in"
    return Found(Property.SIGNS_IN, Outcome.FAIL, text)


def told_by_whoami(whoami: WhoAmI, answer: Exchange, account: Account) -> tuple[Found, ...]:
    """Judge user and role, as far as the answer tells them."""
    wanted = (
        (Property.IDENTITY, whoami.user, account.user),
        (Property.ROLE, whoami.role, account.role),
    )
    return tuple(_told(each, whoami.request, answer, path, value) for each, path, value in wanted if path is not None)


def _told(each: Property, request: str, answer: Exchange, path: str, wanted: str) -> Found:
    if not 200 <= answer.status < 300:
        return Found(each, Outcome.INCONCLUSIVE, f"{request} answered {answer.status}")
    try:
        value = at_path(answer.json, path)
    except ValueError:
        return Found(each, Outcome.INCONCLUSIVE, f"{request} answered no JSON")
    if value is MISSING:
        way_out = f"its keys: {keys_in(answer.json)}; mend login.whoami in suite.yaml"
        return Found(each, Outcome.INCONCLUSIVE, f"{request} has no {path} ({way_out})")
    if value in (wanted, [wanted]):
        return Found(each, Outcome.PASS, wanted)
    return Found(each, Outcome.FAIL, f"{request} says {path} {_shown(value)}, declared is {wanted!r}")


def known(found: Iterable[Found]) -> bool:
    """Tell whether whoami knew somebody, by user or by role: only then is a refusal one of this account."""
    return any(
        each.outcome is not Outcome.INCONCLUSIVE
        for each in found
        if each.property in (Property.IDENTITY, Property.ROLE)
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request that must be refused."""

    request: str
    status: int | None
    """None: no answer came."""
    why: str = ""
    """Why none came."""


def rights(answers: Iterable[Answered]) -> Found:
    """Judge what the account was allowed of what it may not."""
    looked = tuple(answers)
    if not looked:
        return _unknown(Property.RIGHTS, "may_not is empty; list what the account must be refused")
    allowed = [each for each in looked if each.status is not None and 200 <= each.status < 300]
    unclear = [each for each in looked if each.status not in REFUSED]
    if allowed:
        return Found(Property.RIGHTS, Outcome.FAIL, f"more than needed: {_listed(allowed)}")
    if unclear:
        return _unknown(Property.RIGHTS, f"neither allowed nor refused: {_listed(unclear)}")
    return Found(Property.RIGHTS, Outcome.PASS, f"refused: {_listed(looked)}{_doubt(looked)}")


def password_age(account: Account, today: date) -> Found:
    """Judge how old the password is."""
    if account.password_set is None:
        return _unknown(Property.PASSWORD_AGE, "password_set is not written; add the day of the last change")
    days = (today - account.password_set).days
    if days < 0:
        return _unknown(Property.PASSWORD_AGE, f"password_set is {account.password_set}, and that is yet to come")
    limit = account.max_password_days
    outcome = Outcome.PASS if days <= limit else Outcome.FAIL
    return Found(Property.PASSWORD_AGE, outcome, f"{days} of at most {limit} days")


def verdict(found: Iterable[Found]) -> Outcome:
    """Return FAIL if anything is otherwise than declared, else INCONCLUSIVE if anything was not seen, else PASS."""
    outcomes = {each.outcome for each in found}
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    return Outcome.PASS if outcomes == {Outcome.PASS} else Outcome.INCONCLUSIVE


def _doubt(looked: tuple[Answered, ...]) -> str:
    """Say how little 404 proves: some products hide what is forbidden, and every product answers it to a typo."""
    hidden = sum(each.status == NOT_FOUND for each in looked)
    if hidden == 0:
        return ""
    only = " alone proves little" if hidden == len(looked) else ""
    return f" (404{only}: is the path right?)"


def _unknown(each: Property, text: str) -> Found:
    return Found(each, Outcome.INCONCLUSIVE, text)


def _listed(answers: Iterable[Answered]) -> str:
    return ", ".join(f"{each.request} {each.status or each.why}" for each in answers)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
