"""Which accounts are meant, where, and everything about them that is wrong before anybody signs in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from smoke.config.account import Account
from smoke.config.load import load
from smoke.config.login import Login
from smoke.config.paths import SUITES
from smoke.config.problems import ConfigError, Problem
from smoke.config.suite_file import EMBEDDED
from smoke.known import unknown
from smoke.model import Category, Check, CheckKind, Scope
from smoke.planning.plan import Plan, Selection, plan
from smoke.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The accounts of one environment that a command is about."""

    plan: Plan
    """Opens their target: one check for each, that signs in as it."""
    accounts: Mapping[str, Account]
    login: Login
    address: str
    """Where they sign in, as suite.yaml or ``--base-url`` has it."""

    @property
    def embedded(self) -> bool:
        """Whether they are those of the application that ships with the harness, made anew at each start."""
        return self.address.startswith(EMBEDDED)

    def require_whoami(self) -> None:
        """Raise ConfigError if nobody says who is signed in."""
        if self.login.whoami is None:
            file = f"{SUITES}/{self.plan.suite.name}/suite.yaml"
            text = "is missing, so nobody says who is signed in and with which role; add request, user and role"
            raise ConfigError([Problem(file, 0, "login.whoami", text)])


def meant(settings: Settings, names: Iterable[str] = ()) -> Meant:
    """Read the configuration and pick the accounts ``names``, or all; raises ConfigError."""
    suite = load(settings.root, settings.suite)
    planned = plan(suite, settings.point, settings.env, Selection())
    known = suite.about.accounts_in(planned.environment_name)
    wanted = tuple(names) or tuple(known)
    login = suite.about.login
    file = f"{SUITES}/{suite.name}/suite.yaml"
    problems = [Problem.of_option("NAME", unknown("account", name, known)) for name in wanted if name not in known]
    if not known:
        problems.append(Problem(file, 0, "accounts", f"has none in {planned.environment_name}; declare them there"))
    if login is None:
        text = "is missing, so nobody knows how accounts sign in; add it (see docs/smoke-accounts.md)"
        problems.append(Problem(file, 0, "login", text))
    if problems or login is None:
        raise ConfigError(problems)
    about = replace(suite.about, accounts=known)
    checks = tuple(_check(name, known[name], file) for name in wanted)
    return Meant(
        plan=replace(planned, suite=replace(suite, about=about), checks=checks),
        accounts={name: known[name] for name in wanted},
        login=login,
        address=_address(planned, login, settings),
    )


def _address(planned: Plan, login: Login, settings: Settings) -> str:
    if login.base is not None:
        return planned.environment.urls[login.base]
    return settings.base_url or planned.environment.base_url


def _check(name: str, account: Account, file: str) -> Check:
    return Check(
        id=f"accounts.{name}",
        title=f"{account.user} is as declared",
        category=Category.AUTHENTICATION,
        kind=CheckKind.PROBE,
        critical=True,
        scope=Scope.FULL,
        source=f"{file}:0",
        account=name,
    )
