"""Puts notices into the outbox in the transaction that keeps their incidents: both are there, or neither is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smoke.alerts.notice import Notice
from smoke.channels.links import Links
from smoke.channels.parcels import parcels_of
from smoke.channels.registry import Channel
from smoke.history.outbox import put
from smoke.secrets.secret import Scrubber
from smoke.storage.store import Db


def posting(channels: Sequence[Channel], links: Links, scrubber: Scrubber) -> Callable[[Db, Sequence[Notice]], None]:
    """Return what puts notices into the outbox, for every channel that reaches one of their recipients."""

    def post(db: Db, notices: Sequence[Notice]) -> None:
        put(db, *parcels_of(notices, channels, links, scrubber))

    return post
