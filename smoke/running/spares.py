"""Fresh browser contexts, each opened while the journey before is still waiting for its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from smoke.accounts.answers import LoginRequests
from smoke.accounts.clock import Clock
from smoke.restraint.marks import PRODUCT
from smoke.running.aside import Aside
from smoke.running.askers import Asker
from smoke.running.guard import Guard
from smoke.running.interception import watch_browser, watch_context, watch_sockets
from smoke.running.listeners import Listeners
from smoke.running.scope import BASES, LISTENING, OWNERS
from smoke.running.visiting import Visiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Page

    from smoke.answers.page_rules import PageRules

NAVIGATION_MS = 10_000.0
OPEN_S = 10.0


@dataclass(frozen=True, slots=True)
class Contexts:
    """What every context of a run is opened with."""

    guard: Guard
    rules: PageRules
    learn: Callable[[str], None]
    requests: LoginRequests = field(default_factory=LoginRequests)
    clock: Clock = field(default_factory=Clock)
    scrub: Callable[[str], str] = str
    """Takes known secrets out of what pages say, before it is cut."""
    navigation_ms: float = NAVIGATION_MS
    """Least time that a document may take."""
    user_agent: str = ""
    """What the browser calls itself; empty where each request is named by itself."""
    hold: Callable[[Guard, BrowserContext, Asker], None] = lambda _guard, _context, _asker: None
    """Puts a context under guard, where that is not done for the whole browser."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of a context's creation, where a suite or a test names none of its own."""
        named = {"user_agent": f"{self.user_agent} {PRODUCT}"} if self.user_agent else {}
        return {"base_url": f"{self.guard.target.base_url}/", **named}

    def listeners(self) -> Listeners:
        """Return new listeners, for one attempt at a journey."""
        visiting = Visiting(target=self.guard.target, rules=self.rules, learn=self.learn)
        asker = self.guard.asker()
        return Listeners(
            guard=self.guard, visiting=visiting, asker=asker, requests=self.requests, clock=self.clock, scrub=self.scrub
        )

    def named(self, arguments: Mapping[str, Any], listeners: Listeners) -> dict[str, Any]:
        """Return ``arguments`` of a context with the name that its requests shall have."""
        agent = arguments.get("user_agent") or self.arguments.get("user_agent")
        return {**arguments, **({"user_agent": f"{agent} ({listeners.asker.name})"} if agent else {})}

    def settle(self, context: BrowserContext, listeners: Listeners) -> None:
        """Give a new ``context`` its time-outs and listeners."""
        timeout_ms = self.guard.target.timeout_ms
        context.set_default_timeout(timeout_ms)
        context.set_default_navigation_timeout(max(self.navigation_ms, timeout_ms))
        self.hold(self.guard, context, listeners.asker)
        watch_sockets(self.guard, context, listeners.asker)
        client = context.request._impl_obj
        OWNERS[client] = OWNERS[context._impl_obj] = listeners
        BASES[client] = context._impl_obj._options.get("baseURL") or f"{self.guard.target.base_url}/"
        listeners.attach(context)
        if steering := self.guard.cookies:
            places = (self.guard.target.base_url, *self.guard.target.urls.values())
            context.add_cookies(
                [{"name": name, "value": value, "url": url} for name, value in steering.items() for url in places]
            )


def _of_attempt() -> Listeners:
    listeners = LISTENING.get()
    if listeners is None:
        raise RuntimeError("a journey opens contexts with the fixtures page, context and new_context")
    return listeners


@dataclass(frozen=True, slots=True)
class Opened:
    """A context with a page, listened to since its beginning."""

    context: BrowserContext
    listeners: Listeners


class Spares:
    """At most one context that nobody has used yet, and the rules for those that a journey opens by itself."""

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self.more = True
        """Whether another journey follows."""
        self._browser: Browser | None = None
        self._spare: Aside[Opened] | None = None

    def begin(self, browser: Browser) -> None:
        """Put the run's own browser under guard, and open the first context in it."""
        self.adopt(browser)
        self._browser = browser
        self.prepare()

    def adopt(self, browser: Browser) -> None:
        """Put a browser that is up under guard, and whatever contexts a journey opens in it."""
        if browser.browser_type.name == "chromium":
            self.contexts = replace(self.contexts, user_agent=watch_browser(self.contexts.guard, browser))
        else:
            self.contexts = replace(self.contexts, hold=watch_context)
        self._new_context, new_page = browser.new_context, browser.new_page

        def heard_context(**options: Any) -> BrowserContext:
            return self.open(options, _of_attempt())

        def heard_page(**options: Any) -> Page:
            listeners = _of_attempt()
            page = new_page(**self.contexts.named(options, listeners))
            self.contexts.settle(page.context, listeners)
            return page

        browser.new_context = heard_context  # type: ignore[method-assign]
        browser.new_page = heard_page  # type: ignore[method-assign]

    def prepare(self) -> None:
        """Begin to open a context for the next journey, if there is one."""
        if self.more and self._browser and not self._spare:
            self._spare = Aside(self._browser, self._open)

    def take(self, arguments: Mapping[str, Any]) -> Opened | None:
        """Return the spare if it was opened with just these arguments; else open one yourself."""
        from playwright.sync_api import Error

        spare, self._spare = self._spare, None
        gone = self._browser is None or not self._browser.is_connected()
        if spare is None or gone or arguments != self.contexts.arguments:
            return None
        try:
            return spare.result(OPEN_S)
        except (Error, TimeoutError):
            return None  # whoever opens a context now is told why

    def give_back(self, opened: Opened) -> None:
        """Close a context, without waiting for it or looking at it once more."""
        Aside(opened.context, lambda: type(opened.context).close(opened.context))

    def open(self, arguments: Mapping[str, Any], listeners: Listeners) -> BrowserContext:
        """Open a context that ``listeners`` alone hear."""
        context = self._new_context(**self.contexts.named(arguments, listeners))
        self.contexts.settle(context, listeners)
        return context

    @contextmanager
    def bare(self) -> Iterator[Page]:
        """Yield a page for what asks nobody anything; nobody listens to it."""
        context = self._new_context()
        try:
            yield context.new_page()
        finally:
            context.close()

    def _open(self) -> Opened:
        listeners = self.contexts.listeners()
        context = self.open(self.contexts.arguments, listeners)
        context.new_page()
        return Opened(context, listeners)
