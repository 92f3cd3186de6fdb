"""Which documents a context asked for, and by which way it came to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke.judging.clues import Hop
from smoke.target import origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Request


@dataclass
class Trail:
    """That of one attempt."""

    owns: Callable[[str], bool]
    """Tells whether an address is first-party."""
    hops: list[Hop] = field(default_factory=list)
    """Every document that was asked for, whoever it belongs to."""
    entrances: dict[str, str | None] = field(default_factory=dict)
    """For each document that was not simply asked for: at which address its redirects began; None: it can't be asked
    for again, because something was sent."""
    _documents: int = 0
    _asked_during: dict[Request, int] = field(default_factory=dict)

    def begin(self, request: Request) -> None:
        """Take note that ``request`` is on its way."""
        self._documents += request.resource_type == "document"
        self._asked_during[request] = self._documents

    def end(self, request: Request, outcome: str) -> None:
        """Take note how ``request`` ended: its status, or the network error."""
        if request.resource_type != "document":
            return
        parts = urlsplit(request.url)
        where = parts.path if self.owns(request.url) else f"{origin_of(request.url)}{parts.path}"
        redirected = request.redirected_from is not None
        self.hops.append(Hop(method=request.method, where=where, outcome=outcome, redirected=redirected))
        self._note_entrance(request)

    def left_behind(self, request: Request) -> bool:
        """Tell whether a navigation of ours began after ``request``, and so gave it up."""
        return self._documents > self._asked_during.get(request, self._documents)

    def _note_entrance(self, request: Request) -> None:
        first = request
        while first.redirected_from is not None:
            first = first.redirected_from
        if first.method != "GET":
            self.entrances[request.url] = None
        elif first is not request and self.owns(first.url):
            self.entrances[request.url] = first.url
