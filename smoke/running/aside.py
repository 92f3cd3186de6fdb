"""Does something with the browser while a journey goes on: on the journey's own thread, whenever that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import greenlet

T = TypeVar("T")


class Aside(Generic[T]):
    """Calls of Playwright's sync API that were begun and need not be waited for."""

    def __init__(self, owner: Any, work: Callable[[], T]) -> None:
        """Begin ``work``: when this returns, its first call is on its way. ``owner`` is any object of the sync API."""
        self._owner = owner
        self._future: asyncio.Future[T] = owner._loop.create_future()
        self._future.add_done_callback(lambda future: future.exception())  # read here, or asyncio complains of it
        # From the event loop, not from here: what a greenlet waits for is resumed in the one that began it.
        owner._loop.call_soon(lambda: greenlet.greenlet(lambda: self._work(work)).switch())
        owner._sync(asyncio.sleep(0))

    def _work(self, work: Callable[[], T]) -> None:
        try:
            self._future.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised again for whoever asks for the result
            self._future.set_exception(error)

    def result(self, timeout_s: float) -> T:
        """Wait for the end of the work, and return or raise what it did; raises TimeoutError if that takes longer."""
        return cast(T, self._owner._sync(asyncio.wait_for(asyncio.shield(self._future), timeout_s)))
