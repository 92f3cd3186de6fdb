"""Puts notices into the outbox in the transaction that keeps their incidents: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from smoke.alerts.notice import Notice
from smoke.channels.parcels import parcels_of
from smoke.config.monitoring import Monitoring
from smoke.history.outbox import put
from smoke.secret import Scrubber
from smoke.storage.store import Db


def posting(
    monitoring: Monitoring, environ: Mapping[str, str], scrubber: Scrubber
) -> Callable[[Db, Sequence[Notice]], None]:
    """Return what puts notices into the outbox, for every channel that reaches one of their recipients."""
    links = monitoring.links.or_of_github(environ)

    def post(db: Db, notices: Sequence[Notice]) -> None:
        put(db, *parcels_of(notices, monitoring.channels, links, scrubber))

    return post
