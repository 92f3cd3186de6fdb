"""Puts notices into the outbox in the transaction that keeps their incidents: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from smoke.alerts.notice import Notice
from smoke.channels.parcels import parcels_of
from smoke.config.load import load
from smoke.config.monitoring import Monitoring
from smoke.history.facts import Place
from smoke.history.outbox import put
from smoke.secrets.secret import Scrubber, Secret
from smoke.storage.store import Db
from smoke.storage.url import database_secrets


def posting(
    monitoring: Monitoring, environ: Mapping[str, str], scrubber: Scrubber
) -> Callable[[Db, Sequence[Notice]], None]:
    """Return what puts notices into the outbox, for every channel that reaches one of their recipients."""
    links = monitoring.links.or_of_github(environ)

    def post(db: Db, notices: Sequence[Notice]) -> None:
        put(db, *parcels_of(notices, monitoring.channels, links, scrubber))

    return post


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
