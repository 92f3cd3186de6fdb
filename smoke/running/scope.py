"""Which attempt the running code belongs to: set by greenlet, and so by journey."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from smoke.running.listeners import Listeners

LISTENING: ContextVar[Listeners | None] = ContextVar("LISTENING", default=None)
"""To the attempt that runs here: they hear every context that it opens, and every answer that its clients get."""


OWNERS: WeakKeyDictionary[object, Listeners] = WeakKeyDictionary()
"""Who listens to a context, by it and by its HTTP client: handlers of events run in greenlets of their own."""


BASES: WeakKeyDictionary[object, str] = WeakKeyDictionary()
"""What relative addresses are relative to, by HTTP client."""


def listening(client: object | None = None) -> Listeners | None:
    """Return whoever listens to the attempt that runs here, or that ``client`` belongs to."""
    return LISTENING.get() or (OWNERS.get(client) if client is not None else None)
