"""Opens pages outside of a run, under the same guard and heard by the same listeners as those of journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoke.answers.page_rules import PageRules
from smoke.browser.choice import BrowserChoice
from smoke.browser.starting import start
from smoke.running.guard import Guard
from smoke.running.listeners import Listeners
from smoke.running.scope import LISTENING
from smoke.running.spares import Contexts, Spares

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class Window:
    """A browser that looks at one target."""

    spares: Spares

    def open(self, check_id: str) -> tuple[Page, Listeners]:
        """Return a new page in a context of its own, asking as ``check_id``, and who listens to it."""
        listeners = self.spares.contexts.listeners()
        listeners.asker.check_id = check_id
        LISTENING.set(listeners)
        return self.spares.open(self.spares.contexts.arguments, listeners).new_page(), listeners


@contextmanager
def opened(
    guard: Guard, choice: BrowserChoice, learn: Callable[[str], None], scrub: Callable[[str], str] = str
) -> Iterator[Window]:
    """Yield a window under ``guard``.

    ``learn`` is told every secret that is seen; ``scrub`` takes known ones out of what pages say.
    Raises BrowserMissing.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = start(playwright, choice, guard.target.own_ports)
        spares = Spares(Contexts(guard, PageRules(), learn, scrub=scrub))
        spares.adopt(browser)
        yield Window(spares)
        browser.close()
