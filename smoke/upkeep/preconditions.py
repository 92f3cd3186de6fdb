"""What must hold before a password is changed. Pure: configuration and variables in, problems out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from smoke.config.account import DOTENV, Account
from smoke.config.account_references import accounts_written
from smoke.config.paths import SUITES
from smoke.config.problems import Problem
from smoke.config.source import dotted
from smoke.config.suite import Suite
from smoke.strict import Key
from smoke.upkeep.planned import Meant


def key_of(meant: Meant, name: str) -> Key:
    """Return the key at which the account that counts in this environment is written."""
    environment = meant.plan.environment_name
    own = name in meant.plan.environment.accounts
    return ("environments", environment, "accounts", name) if own else ("accounts", name)


def problems(meant: Meant, name: str, suites: Iterable[Suite], environ: Mapping[str, str]) -> Iterator[Problem]:
    """Yield every reason not to change the password of ``name``.

    ``suites`` are all of the project, whose accounts may share its variable; ``environ`` is the process environment.
    """
    account = meant.accounts[name]
    file, key = f"{SUITES}/{meant.plan.suite.name}/suite.yaml", dotted(key_of(meant, name))
    if meant.embedded:
        text = "the embedded application makes its passwords anew at each start; name a deployment with --env"
        yield Problem.of_option("--env", text)
    if account.rotation is None:
        yield Problem(file, 0, f"{key}.rotation", "is missing, so nobody knows how to change the password; add it")
        return
    if others := sorted({*_sharing(account, suites)}):
        text = f"{account.password} is the password of {', '.join(others)} too; give each account a variable of its own"
        yield Problem(file, 0, f"{key}.password", text)
    if account.rotation.store == DOTENV and environ.get(account.password):
        text = "is set in the environment, which beats .env: a new password in .env would not count; unset it here"
        yield Problem.of_variable(account.password, text)


def _sharing(account: Account, suites: Iterable[Suite]) -> Iterator[str]:
    for suite in suites:
        for _, other in accounts_written(suite):
            if other.password == account.password and other.user != account.user:
                yield other.user
