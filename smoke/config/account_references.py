"""What accounts refer to and no single key can say: logins, environments, variables, and requests that destroy."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.config.account import Account
from smoke.config.suite import Suite
from smoke.model import Check
from smoke.strict import Key

Told = tuple[Key, str]


def unknown_account(suite: Suite, check: Check) -> Iterator[str]:
    """Yield why ``check`` cannot sign in: nobody knows its account, or not everywhere where it runs."""
    about = suite.about
    if check.account is None or check.account in about.accounts:
        return
    known = dict.fromkeys(name for each in about.environments for name in about.accounts_in(each))
    if check.account not in known:
        yield f"unknown account {check.account!r}; suite.yaml knows: {', '.join(known) or 'none'}"
        return
    for name, environment in about.environments.items():
        runs = not check.contracts or environment.contract in check.contracts
        if runs and check.account not in environment.accounts:
            yield f"environment {name} has no account {check.account!r}; add it there, or to the suite's accounts"


def account_problems(suite: Suite) -> Iterator[Told]:
    """Yield what is wrong with the accounts of a suite and of its environments, and with how they sign in."""
    yield from _login(suite)
    for at, account in accounts_written(suite):
        for key, text in _account(suite, account):
            yield (*at, *key), text


def accounts_written(suite: Suite) -> Iterator[tuple[Key, Account]]:
    """Yield every account with the key at which it is written."""
    for name, account in suite.about.accounts.items():
        yield ("accounts", name), account
    for environment, said in suite.about.environments.items():
        for name, account in said.accounts.items():
            yield ("environments", environment, "accounts", name), account


def _login(suite: Suite) -> Iterator[Told]:
    base = suite.about.login.base if suite.about.login else None
    for name, environment in suite.about.environments.items():
        if base is not None and base not in environment.urls:
            known = ", ".join(environment.urls) or "none"
            yield ("login", "base"), f"environment {name} has no url {base!r}; it has: {known}"


def _account(suite: Suite, account: Account) -> Iterator[Told]:
    login = suite.about.login
    if account.may_not and (login is None or login.whoami is None):
        text = "a refusal says something only of somebody who is known to be signed in; add login with whoami"
        yield ("may_not",), text
    if account.rotation is None:
        return
    if login is None:
        yield ("rotation",), "a new password is tried before it is kept, but nobody says how to sign in; add login"
    if (request := account.rotation.request) is not None:
        method, path = request.split(" ", 1)
        if any(permit.covers(method, path) for permit in suite.about.destroys):
            yield ("rotation", "request"), f"{request} is destructive, and that is never sent"
