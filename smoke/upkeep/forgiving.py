"""``smoke accounts forgive``: forgets the logins of an account, so that it may be tried again at once."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.accounts.ledger import Ledger, ledger_path, ledger_store
from smoke.config.problems import ConfigError
from smoke.settings import Settings
from smoke.storage.url import database_url
from smoke.target import MAIN, addresses, origin_of
from smoke.upkeep.planned import meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgiven:
    """An account of which nothing is held against it any more."""

    name: str
    user: str
    environment: str
    logins: int
    """How many were forgotten."""

    def __str__(self) -> str:
        forgotten = f"{self.logins} login{'s' * (self.logins != 1)} forgotten"
        return f"FORGIVEN {self.user} ({self.name} in {self.environment}): {forgotten}"


def forgive(settings: Settings, name: str) -> Forgiven:
    """Forget the logins of the account ``name``, or of whoever signs in so; no password is needed.

    Raises ConfigError where nothing is kept of it, LedgerError where that cannot be written.
    """
    wanted = meant(settings, [_named(settings, name)])
    if wanted.embedded:
        text = "nothing is kept of the embedded application's accounts; name a deployment with --env"
        raise ConfigError.of_option("--env", text)
    [(known, account)] = wanted.accounts.items()
    written = wanted.login.base or MAIN
    ledger = Ledger(
        ledger_store(ledger_path(settings.environ), database_url(settings.environ)),
        origin_of(addresses({written: wanted.address}, settings.environ)[written]),
    )
    logins = ledger.forgive(account.user)
    return Forgiven(name=known, user=account.user, environment=wanted.plan.environment_name, logins=logins)


def _named(settings: Settings, name: str) -> str:
    """Return the name of the account that is meant: messages of a run know only how it signs in."""
    every = meant(settings).accounts
    return next((known for known, account in every.items() if name not in every and account.user == name), name)
