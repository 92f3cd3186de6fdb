"""An event loop in which waiting takes no time: its clock jumps to whatever comes next."""

from __future__ import annotations

import asyncio
import selectors


class _Jumping(selectors.DefaultSelector):
    """Looks who is ready, and instead of waiting for nobody takes note of how long that would have been."""

    jumped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.jumped_s += timeout
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """For what waits on its own clock alone: an answer of a real server, or of a thread, would always come late."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds that were waited so far, or jumped over."""
        return self._jumping.jumped_s
