"""Errors in what a journey has do when something happens in its pages: handlers of events, routes and sockets.

Playwright raises one in whatever asks the browser next: that may be another journey, or the guard, which then leaves
a request without an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from smoke.running.scope import OWNERS


@contextmanager
def kept_apart() -> Iterator[None]:
    """Give each error, meanwhile, to whoever listens to the context that it happened in.

    A handler that a page, once closed, leaves without an answer saw nothing, and is not at fault.
    """
    from playwright._impl._errors import TargetClosedError
    from playwright._impl.browser_context import BrowserContext
    from playwright._impl.event_emitter import EventEmitter

    reported = EventEmitter._handle_listener_error

    def report(self: Any, kind: Any, error: BaseException) -> None:
        place = getattr(self, "_object", self)  # a channel is somebody's
        while place is not None and not isinstance(place, BrowserContext):
            place = getattr(place, "_parent", None)
        if place not in OWNERS:
            reported(self, kind, error)
        elif not isinstance(error, TargetClosedError):
            OWNERS[place].broken.append(error)

    EventEmitter._handle_listener_error = report  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        EventEmitter._handle_listener_error = reported  # type: ignore[method-assign]
