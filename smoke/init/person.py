"""Asks a person at the terminal for what no option said."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from getpass import getpass

from smoke.config.problems import ConfigError, Problem
from smoke.init.wanted import AccountWanted, Wanted, address, origin, suite_of, variable
from smoke.secrets.secret import Secret, unmaskable
from smoke.secrets.totp import key_of

NO_LOGIN = "--login, --no-login"


@dataclass
class Answers:
    """What was said, by options or in answer to questions; problems are told together."""

    given: argparse.Namespace
    is_asked: bool = field(default_factory=sys.stdin.isatty)
    """Whether somebody sits there who can be asked."""
    problems: list[Problem] = field(default_factory=list)

    def wanted(self) -> Wanted:
        """Return what the suite is to be about; raises ConfigError."""
        url = self._one("--url", self.given.url, "Address of the start page", "", address)
        title = self._one("--name", self.given.name, "Name of the application", "", _title)
        account = self._account(title) if self._has_login() else None
        if self.problems:
            raise ConfigError(self.problems)
        return Wanted(title=title, url=url, account=account)

    def _has_login(self) -> bool:
        if self.given.login is not None:
            return self.given.login is not False
        if self.is_asked:
            return input("Does it have a login? [y/N] ").strip().lower() in {"y", "yes"}
        self.problems.append(Problem.of_option(NO_LOGIN, "say whether it has a login"))
        return False

    def _account(self, title: str) -> AccountWanted:
        usual = f"{suite_of(title).upper()}_PASSWORD" if title else "SMOKE_TEST_PASSWORD"
        totp = self.given.totp
        return AccountWanted(
            user=self._one("--user", self.given.user, "User of its smoke account", "", str),
            password=self._one("--password", self.given.password or usual, "", usual, variable),
            totp=self._one("--totp", totp, "", "", variable) if totp else None,
            start=self._one("--login", self.given.login, "", "", _path) if self.given.login else "",
            sso=self._one("--sso", self.given.sso, "", "", origin) if self.given.sso else "",
        )

    def _one(self, option: str, said: str | None, question: str, usual: str, convert: Callable[[str], str]) -> str:
        if not said and self.is_asked and question:
            said = input(f"{question}: ").strip()
        if not said:
            self.problems.append(Problem.of_option(option, "is missing: say it by this option"))
            return usual
        try:
            return convert(said)
        except ValueError as error:
            self.problems.append(Problem.of_option(option, str(error)))
            return usual


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError(f"is a path below the address, such as /login; got {text!r}")
    return text


def _title(text: str) -> str:
    suite_of(text)
    return text


def secrets(account: AccountWanted, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets of ``account`` by variable, from the environment or from somebody at the terminal.

    Raises ConfigError with every variable that is not set, where nobody can be asked.
    """
    found: dict[str, str] = {}
    problems = []
    for name in filter(None, (account.password, account.totp)):
        value = environ.get(name) or (getpass(f"{name} is not set. Its value: ") if sys.stdin.isatty() else "")
        judge = _wrong_key if name == account.totp else unmaskable
        wrong = judge(value) if value else "is not set: set it in the environment or in .env"
        if wrong:
            problems.append(Problem.of_variable(name, f"{wrong}; {account.user} signs in with it"))
        found[name] = value
    if problems:
        raise ConfigError(problems)
    return found


def _wrong_key(value: str) -> str | None:
    """Say what is wrong with the key of a second factor; never what it is."""
    try:
        key_of(Secret(value))
    except ValueError as error:
        return str(error)
    return unmaskable(value)
