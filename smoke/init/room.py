"""A page that is being explored: what can be used on it, where that stands, and when it has come to rest."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from smoke.init.banners import answers_to_banners
from smoke.init.controls import Control, spots
from smoke.init.scripts import FACTS, LONGEST_QUIET_MS, QUIET, QUIET_MS, USABLE
from smoke.init.snapshot import Node, nodes
from smoke.init.spot import By, Spot
from smoke.observation import Signal
from smoke.running.listeners import Listeners
from smoke.safety import READS
from smoke.target import origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page, Request

MADE_ANEW = re.compile(r"\d{3}|^\d+$|[0-9a-f]{12}")
"""In a segment of a path: what is another one next time."""
WAITED_FOR = frozenset({"document", "xhr", "fetch", "script"})
PATIENCE_S = 15.0


@dataclass
class Room:
    """One page of the application, and what it is waiting for."""

    page: Page
    listeners: Listeners
    base: str
    """Address of the application, without a slash at its end."""
    banner: Spot | None = None
    """What answered the last page that asked about cookies; None: none did."""
    dialogs: list[str] = field(default_factory=list)
    """What the browser's own dialogs asked; each was answered with yes."""
    _pending: dict[Request, float] = field(default_factory=dict)
    _written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._begin)
        self.page.on("requestfinished", self._end)
        self.page.on("requestfailed", self._end)
        self.page.on("dialog", self._answer)

    @property
    def path(self) -> str:
        """Where the page is, below the address of the application; with ``/..`` where it is above."""
        parts = urlsplit(self.page.url)
        below, path = urlsplit(self.base).path, parts.path or "/"
        if path == below or path.startswith(f"{below}/"):
            return path.removeprefix(below) or "/"
        return "/.." * below.count("/") + path

    @property
    def origin(self) -> str:
        """Scheme, host and port of where the page is."""
        return origin_of(self.page.url)

    @property
    def is_away(self) -> bool:
        """Whether the page is at another address of the application than its own: at that of its login."""
        return self.is_ours and self.origin != origin_of(self.base)

    @property
    def is_ours(self) -> bool:
        """Whether the page still belongs to the application."""
        return self.listeners.guard.target.owns(self.page.url)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What its pages did unasked so far."""
        return self.listeners.unaccounted()

    @property
    def stopped(self) -> tuple[str, ...]:
        """What its pages tried to write and may not, as permits name it."""
        refused = self.listeners.guard.receipt.refused_to(self.listeners.asker.check_id)
        return tuple(dict.fromkeys(f"{each.method} {each.path}" for each in refused))

    @property
    def writes(self) -> tuple[str, ...]:
        """What the page wrote so far, as permits name it; what is made anew each time stands for any."""
        return tuple(dict.fromkeys(self._written))

    def go(self, path: str) -> None:
        """Open ``path`` below the address, wait until it is at rest, and answer what asks about cookies there."""
        self.page.goto(f".{path}")
        self.settle()
        for control in answers_to_banners(self.controls()):
            if (spot := self.spot(control)) is not None:
                self.banner = spot
                self.click(control)
                return

    def settle(self) -> None:
        """Return when nothing is asked for and nothing changes any more, or it takes too long to tell."""
        from playwright.sync_api import Error

        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            with contextlib.suppress(Error):  # a page that is left tells nothing; the next one does
                self.page.wait_for_load_state("load")
                self.page.evaluate(QUIET, [QUIET_MS, LONGEST_QUIET_MS])
                if not any(time.monotonic() - since < LONGEST_QUIET_MS / 1000 for since in self._pending.values()):
                    return

    def controls(self) -> list[Control]:
        """Return what can be filled and clicked."""
        return [Control(**facts) for facts in self.page.locator(USABLE).evaluate_all(FACTS)]

    def nodes(self) -> tuple[Node, ...]:
        """Return the roles and names of everything that is shown."""
        return nodes(self.page.locator("body").aria_snapshot())

    def element(self, control: Control) -> Locator:
        """Return the element of ``control``, as long as the page does not change."""
        return self.page.locator(USABLE).nth(control.index)

    def spot(self, control: Control) -> Spot | None:
        """Return a locator that finds ``control`` and nothing else; None if there is none."""
        element = self.element(control)
        node = next(iter(nodes(element.aria_snapshot())), Node("", ""))
        return self.only(spots(control, node.role, node.name), element)

    def only(self, candidates: Iterable[Spot], element: Locator | None = None) -> Spot | None:
        """Return the first candidate that finds one element that is shown, and ``element`` where it is given."""
        from playwright.sync_api import Error

        for spot in candidates:
            found = find(self.page, spot)
            with contextlib.suppress(Error):  # a selector that cannot be written so
                if found.count() != 1 or not found.is_visible():
                    continue
                if element is None or found.evaluate("(one, other) => one === other", element.element_handle()):
                    return spot
        return None

    def shows(self, spot: Spot) -> bool:
        """Tell whether ``spot`` is there and can be seen."""
        return find(self.page, spot).first.is_visible()

    def press(self, spot: Spot) -> None:
        """Click what is at ``spot`` and wait for what comes of it."""
        find(self.page, spot).click()
        self.settle()

    def click(self, control: Control) -> None:
        """Click it and wait for what comes of it."""
        self.element(control).click()
        self.settle()

    def send(self, submit: Control | None, last: Control) -> None:
        """Send a form by its button, or from its last field with the Enter key, and wait for what comes of it."""
        if submit is None:
            self.element(last).press("Enter")
        else:
            self.element(submit).click()
        self.settle()

    def _begin(self, request: Request) -> None:
        if request.method not in READS and self.listeners.guard.target.owns(request.url):
            path = "/".join("*" if MADE_ANEW.search(each) else each for each in urlsplit(request.url).path.split("/"))
            self._written.append(f"{request.method} {path}")
        if request.resource_type in WAITED_FOR:
            self._pending[request] = time.monotonic()

    def _end(self, request: Request) -> None:
        self._pending.pop(request, None)

    def _answer(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.accept()


def find(page: Page, spot: Spot) -> Locator:
    """Return the locator that ``spot.code`` writes."""
    owner = page.get_by_role(spot.within) if spot.within else page  # type: ignore[arg-type]
    match spot.by:
        case By.ROLE:
            named = {"name": spot.name, "exact": spot.exact} if spot.name else {}
            return owner.get_by_role(spot.role, level=spot.level, **named)  # type: ignore[arg-type]
        case By.LABEL:
            return owner.get_by_label(spot.name, exact=spot.exact)
        case By.PLACEHOLDER:
            return owner.get_by_placeholder(spot.name, exact=spot.exact)
        case By.TEXT:
            return owner.get_by_text(spot.name, exact=spot.exact)
        case By.CSS:
            return owner.locator(spot.name)
        case _:
            assert_never(spot.by)
