"""Errors in what a journey has do when something happens in its pages: handlers of events, routes and sockets.

Playwright raises one in whatever asks the browser next: that may be another journey, or the guard, which then leaves
a request without an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from smoke.judging.blame import DeadlineExceeded
from smoke.running.scope import OWNERS


@contextmanager
def kept_apart() -> Iterator[None]:
    """Give each error, meanwhile, to whoever listens to the context that it happened in."""
    from playwright._impl.browser_context import BrowserContext
    from playwright._impl.event_emitter import EventEmitter

    reported = EventEmitter._handle_listener_error

    def report(self: Any, kind: Any, error: BaseException) -> None:
        place = getattr(self, "_object", self)  # a channel is somebody's
        while place is not None and not isinstance(place, BrowserContext):
            place = getattr(place, "_parent", None)
        if place in OWNERS:
            OWNERS[place].broken.append(error)
        else:
            reported(self, kind, error)

    EventEmitter._handle_listener_error = report  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        EventEmitter._handle_listener_error = reported  # type: ignore[method-assign]


@contextmanager
def raised(broken: Sequence[BaseException]) -> Iterator[None]:
    """Raise the first of ``broken``, which grows meanwhile, at the end of a journey: all else may follow from it."""
    try:
        yield
    except (Exception, DeadlineExceeded) as error:
        if broken:
            raise broken[0] from error
        raise
    if broken:
        raise broken[0]
