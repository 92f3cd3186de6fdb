"""Does something with the browser while a journey goes on: on the journey's own thread, whenever that waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import greenlet

T = TypeVar("T")


class Aside(Generic[T]):
    """Calls of Playwright's sync API that were begun and need not be waited for."""

    def __init__(self, owner: Any, work: Callable[[], T]) -> None:
        """Begin ``work``: when this returns, its first call is on its way. ``owner`` is any object of the sync API."""
        from playwright.sync_api import Error

        self._owner = owner
        self._future: asyncio.Future[T] = owner._loop.create_future()
        self._error: Exception | None = None
        # From the event loop, not from here: what a greenlet waits for is resumed in the one that began it.
        owner._loop.call_soon(lambda: greenlet.greenlet(lambda: self._work(work)).switch())
        with contextlib.suppress(Error):  # raised again by result(), if the driver is gone
            owner._sync(asyncio.sleep(0))

    def _work(self, work: Callable[[], T]) -> None:
        try:
            self._future.set_result(work())
        except Exception as error:  # noqa: BLE001 - raised again for whoever asks for the result
            self._error = error
            self._future.cancel()

    def result(self, timeout_s: float) -> T:
        """Wait for the end of the work, and return or raise what it did; raises TimeoutError if that takes longer."""
        self._owner._sync(asyncio.wait([self._future], timeout=timeout_s))
        if self._error:
            raise self._error
        if not self._future.done():
            raise TimeoutError(f"not done within {timeout_s:g} s")
        return self._future.result()
