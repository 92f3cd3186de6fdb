"""The secrets behind the accounts of a project, as far as their variables are set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from smoke.config.load import load
from smoke.model import Place
from smoke.secrets.secret import Secret
from smoke.storage.url import database_secrets


def secrets_of(root: Path, places: Iterable[Place], environ: Mapping[str, str]) -> Iterator[Secret]:
    """Yield what no message may show: the secrets of the accounts of ``places``."""
    yield from database_secrets(environ)
    environments: dict[str, list[str]] = {}
    for suite, environment in places:
        environments.setdefault(suite, []).append(environment)
    for suite, names in environments.items():
        about = load(root, suite).about
        for account in (each for name in names for each in about.accounts_in(name).values()):
            for variable in (account.password, account.totp):
                if variable and (value := environ.get(variable)):
                    yield Secret(value)
