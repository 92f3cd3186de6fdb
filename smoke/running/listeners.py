"""Listens to a browser context. Only records: what it means is judged elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke.accounts.answers import LoginRequests, LoginSeen
from smoke.accounts.clock import Clock
from smoke.bundle.scene import Event
from smoke.judging.blame import BadAnswer, network_blame, never_left
from smoke.judging.edge import BLOCKING, blocked_by
from smoke.observation import Signal, SignalKind
from smoke.running.interception import http_of
from smoke.running.trail import Trail
from smoke.running.waiting import Waiting
from smoke.safety import READS
from smoke.secrets.tokens import in_headers, in_query
from smoke.target import origin_of

if TYPE_CHECKING:
    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
        WebError,
        WebSocket,
    )

    from smoke.running.askers import Asker
    from smoke.running.guard import Guard
    from smoke.running.visiting import Visiting

LONGEST_TEXT = 500
ABORTED = "net::ERR_ABORTED"
REFUSED = "net::ERR_BLOCKED_BY_CLIENT"
"""What a request ends with that the guard stopped; it tells of that itself."""
ASSETS = frozenset({"stylesheet", "script", "font", "image"})
"""What a page needs whole: an abort that is not of our making means that the browser refused it."""
UNHELD = ASSETS | {"media", "texttrack", "manifest"}
"""What the guard does not hold up, since it can only read."""
LOAD_FAILED = "Failed to load resource"
NOT_TAKEN = re.compile(r"Refused to (?:apply style|execute script) from '([^']+)' because its MIME type")
"""What Chromium says of an asset that is an error page."""


@dataclass
class Listeners:
    """Everything one context said and asked for."""

    guard: Guard
    visiting: Visiting
    asker: Asker
    requests: LoginRequests = field(default_factory=LoginRequests)
    clock: Clock = field(default_factory=Clock)
    scrub: Callable[[str], str] = str
    """Takes known secrets out of a text, before it is cut."""
    logins: list[LoginSeen] = field(default_factory=list)
    """Answers to login requests, of the page and of the journey's own client."""
    signals: list[Signal] = field(default_factory=list)
    answers: list[BadAnswer] = field(default_factory=list)
    """First-party answers with a status of 400 or more."""
    challenges: list[BadAnswer] = field(default_factory=list)
    """First-party answers below 400 that an edge gave in place of the application."""
    console: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)
    """The log of first-party requests: how each ended, method and address."""
    timeline: list[Event] = field(default_factory=list)
    """Console, exceptions and first-party requests as they came."""
    trail: Trail = field(init=False)
    unscripted: bool = False
    """A script of the target was lost on its way: forms of its pages send themselves then, as nobody meant them to."""
    waiting: Waiting = field(default_factory=Waiting)
    """How long first-party requests take."""
    asked: bool = False
    """Whether the target was asked anything."""
    broken: list[BaseException] = field(default_factory=list)
    """What went wrong in the journey's own handlers of events and routes."""
    _seen_urls: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.trail = Trail(self.guard.target.owns)

    def attach(self, context: BrowserContext) -> None:
        """Start listening to ``context``."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("requestfinished", self.waiting.end)
        context.on("requestfailed", self._on_failed)
        context.on("page", self._on_page)
        self.visiting.attach(context)

    def unaccounted(self) -> tuple[Signal, ...]:
        """Return the signals without console lines that only repeat a request which is told already."""
        return tuple(
            signal
            for signal in self.signals
            if not (signal.kind is SignalKind.CONSOLE and _repeated(signal.text) in self._seen_urls)
        )

    def heard(self, method: str, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Take note of what any first-party answer tells; ``headers`` by lower-case name."""
        self.asked = True
        for cookie in in_headers({name: value for name, value in headers.items() if name == "set-cookie"}):
            self.visiting.learn(cookie)
        self.guard.answered(self.asker.check_id, method, url, status, headers)
        self.clock.seen(headers, time.time())
        if (login := self.requests.seen(method, url, status)) is not None:
            self.logins.append(login)

    def _on_console(self, message: ConsoleMessage) -> None:
        text = self.scrub(message.text)[:LONGEST_TEXT]
        self.console.append(f"{message.type}: {text}")
        self._note(
            "console",
            f"{self.console[-1]}{_at(message.location['url'], message.location['line'])}",
            bad=message.type == "error",
        )
        if message.type != "error":
            return
        if text.startswith(LOAD_FAILED):
            text = f"{text} {message.location['url']}"
        where = urlsplit(message.page.url).path if message.page else ""
        self.signals.append(Signal(kind=SignalKind.CONSOLE, where=where, text=text))

    def _on_error(self, error: WebError) -> None:
        where = urlsplit(error.page.url).path if error.page else ""
        text = self.scrub(str(error.error).partition("\n")[0])[:LONGEST_TEXT]
        self.signals.append(Signal(kind=SignalKind.PAGE_ERROR, where=where, text=text))
        self._note("error", f"{text}{_at(error.location['url'], error.location['line'])}", bad=True)

    def _on_request(self, request: Request) -> None:
        self.guard.seen(self.asker.check_id, request.method, request.url)
        if request.resource_type in UNHELD:
            self.guard.passed(request.method, request.url)
        self.trail.begin(request)
        if self.guard.target.owns(request.url):
            self.asked = True
            for token in (*in_headers(request.headers), *in_query(request.url)):
                self.visiting.learn(token)
            self.waiting.begin(request)

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_socket)
        page.on("crash", self._on_crash)

    def _on_crash(self, page: Page) -> None:
        self.signals.append(Signal(kind=SignalKind.PAGE_ERROR, where=urlsplit(page.url).path, text="the page crashed"))

    def _on_socket(self, socket: WebSocket) -> None:
        # Messages of a page are held up before they leave; those of a worker can only be seen.
        socket.on("framesent", lambda _: self.guard.seen(self.asker.check_id, "WS", http_of(socket.url)))

    def _on_response(self, response: Response) -> None:
        request = response.request
        self.waiting.answer(request)
        self.trail.end(request, str(response.status))
        if not self.guard.target.owns(response.url):
            return
        self.heard(request.method, response.url, response.status, response.headers)
        self.network.append(f"{response.status:>4} {request.method} {response.url}")
        took_ms = request.timing["responseStart"]
        told = f"{request.method} {response.url} {response.status}"
        self._note("request", told, bad=response.status >= 400, took_ms=took_ms if took_ms > 0 else None)
        self.visiting.answered(response)
        answer = BadAnswer(
            method=request.method,
            path=urlsplit(response.url).path,
            status=response.status,
            is_document=request.resource_type == "document",
            retry_after=response.headers.get("retry-after"),
        )
        if response.status >= 400:
            self.answers.append(answer)
            self._bad(request, str(response.status))
            if edge := blocked_by(response.status, response.headers, _page_of(response)):
                self.answers[self.answers.index(answer)] = replace(answer, edge=edge)
        elif edge := blocked_by(response.status, response.headers, ""):
            self.challenges.append(replace(answer, edge=edge))

    def _on_failed(self, request: Request) -> None:
        failure = request.failure or "failed"
        self.waiting.fail(request)
        self.trail.end(request, failure)
        if not self.guard.target.owns(request.url):
            return
        self.network.append(f"{failure:>4} {request.method} {request.url}")
        self._note("request", f"{request.method} {request.url} {failure}", bad=failure != ABORTED)
        if failure.startswith(REFUSED):
            self._seen_urls.add(request.url)
            return
        self.unscripted |= request.resource_type == "script" and network_blame(failure) is not None
        if request.method not in READS and never_left(failure):
            self.guard.unsent(self.asker.check_id, request.method, request.url)
        if failure != ABORTED or (request.resource_type in ASSETS and not self.trail.left_behind(request)):
            self._bad(request, failure)

    def _note(self, kind: str, text: str, *, bad: bool, took_ms: float | None = None) -> None:
        self.timeline.append(Event(at=time.time(), kind=kind, text=text, bad=bad, took_ms=took_ms))

    def _bad(self, request: Request, outcome: str) -> None:
        self._seen_urls.add(request.url)
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        where = urlsplit(request.frame.url).path if _has_frame(request) else ""
        text = f"{request.method} {path} {outcome}"
        self.signals.append(Signal(kind=SignalKind.REQUEST, where=where, text=text, origin=origin_of(request.url)))


def _repeated(text: str) -> str | None:
    """Return the address that a console line says was not loaded, or not taken; None if it tells of none."""
    if text.startswith(LOAD_FAILED):
        return text.rpartition(" ")[2]
    found = NOT_TAKEN.match(text)
    return found[1] if found else None


def _at(url: str, line: int) -> str:
    """Say at which script and ``line``, which Playwright counts from 0; empty where that is not known."""
    path = urlsplit(url).path
    return f" (at {path}:{line + 1})" if path else ""


def _page_of(response: Response) -> str:
    """Return the body of a refusal, if it can still be had."""
    from playwright.sync_api import Error

    if response.status not in BLOCKING:
        return ""
    try:
        return response.text()
    except (Error, UnicodeDecodeError):
        return ""


def _has_frame(request: Request) -> bool:
    return not request.is_navigation_request() and request.service_worker is None
