"""Takes the time of a page's requests, from their beginning to the end of what a page cannot do without."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke.judging.waits import Wait

if TYPE_CHECKING:
    from playwright.sync_api import Request

WAITED_FOR = frozenset({"document", "fetch", "script", "stylesheet", "xhr"})
"""What a page can hardly be finished without."""
WHOLE = frozenset({"document", "script", "stylesheet"})
"""Of these, what is of use only with its whole body."""


@dataclass
class Waiting:
    """The requests of one attempt, by the monotonic clock."""

    _begun: dict[Request, float] = field(default_factory=dict)
    """Those that have no answer yet."""
    _answered: list[tuple[float, Wait]] = field(default_factory=list)
    """What took how long, and when that was known."""

    def begin(self, request: Request) -> None:
        """Take note that ``request`` is on its way."""
        if request.resource_type in WAITED_FOR:
            self._begun[request] = time.monotonic()

    def answer(self, request: Request) -> None:
        """Take note that the answer of ``request`` begins."""
        if request.resource_type not in WHOLE:
            self.end(request)

    def end(self, request: Request) -> None:
        """Take note that the answer of ``request`` is there."""
        now = time.monotonic()
        if (begun := self._begun.pop(request, None)) is not None:
            self._answered.append((now, _wait(request, now - begun, 0.0)))

    def fail(self, request: Request) -> None:
        """Forget ``request``: nobody waits for it any more."""
        self._begun.pop(request, None)

    def waits(self) -> tuple[Wait, ...]:
        """Return how long each took, and has been taking until now."""
        now = time.monotonic()
        pending = (_wait(request, now - begun, None) for request, begun in self._begun.items())
        answered = (replace(wait, answered_s_ago=now - when) for when, wait in self._answered)
        return (*pending, *answered)


def _wait(request: Request, seconds: float, answered_s_ago: float | None) -> Wait:
    path = urlsplit(request.url).path
    return Wait(method=request.method, path=path, seconds=seconds, answered_s_ago=answered_s_ago)
