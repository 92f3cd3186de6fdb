"""Looks at every first-party page: whenever a step ends, when the page is left or closed, and at the end.

At cookies also when an answer may have set some: a session may be gone again by the end of a step.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.answers.cookies import CookieView
from smoke.answers.page_rules import PageRules
from smoke.answers.pages import DocumentHeaders, PageView, Visit
from smoke.answers.soundness import PAGE, media_type
from smoke.running import vitals
from smoke.running.aside import Aside
from smoke.running.detour import as_said
from smoke.running.page_scripts import LEAVING, LONGEST_TEXT, LOOK, WHEN_LEFT
from smoke.safety import READS
from smoke.secrets.tokens import is_random, is_secret_cookie

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Cookie, Page, Response

    from smoke.target import Target

CSS = "text/css"
LOOK_S = 5.0


@dataclass
class Visiting:
    """What one attempt saw of the target's pages so far."""

    target: Target
    rules: PageRules
    learn: Callable[[str], None]
    """Told every cookie that may be a secret, so that no artifact shows it."""
    views: dict[tuple[float, str], PageView] = field(default_factory=dict)
    """What each document showed, by the time it began and its text."""
    timings: dict[float, dict[str, float | None]] = field(default_factory=dict)
    """The latest timings of each document."""
    cookies: dict[str, CookieView] = field(default_factory=dict)
    documents: list[DocumentHeaders] = field(default_factory=list)
    builds: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    """Paths of pages that did not answer when they were looked at."""
    no_sheets: dict[str, str] = field(default_factory=dict)
    """Paths of what came where a stylesheet was asked for, with its media type."""
    _sheets: dict[str, Response] = field(default_factory=dict)
    """Answers in which a stylesheet may be, by their address, until they were read: one without rules may be a page."""
    _contexts: list[BrowserContext] = field(default_factory=list)
    _documents_at_cookies: int = 0
    """How many documents had come when the cookies were last taken: a login ends in a new one."""
    _glances: list[Aside[None]] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        """Look at the pages of ``context`` too, each once more before it is left or closed."""
        self._contexts.append(context)
        context.expose_binding(LEAVING, lambda _source, seen: self._take(seen))
        context.add_init_script(WHEN_LEFT % json.dumps(self._what))
        context.on("page", self._before_close)
        for page in context.pages:
            self._before_close(page)
        close = context.close

        def look_and_close(**options: Any) -> None:
            self.look()
            self._contexts.remove(context)
            context.close = close  # type: ignore[method-assign]
            context.close(**options)

        context.close = look_and_close  # type: ignore[method-assign]

    def _before_close(self, page: Page) -> None:
        close = page.close

        def look_and_close(**options: Any) -> None:
            self._wait([self._begin(page, 0.0)] if self._ours(page) else [])
            close(**options)

        page.close = look_and_close  # type: ignore[method-assign]

    def answered(self, response: Response) -> None:
        """Note what a first-party answer says of itself, and the cookies that it may have set."""
        headers, request = as_said(response.headers), response.request
        is_document = request.resource_type == "document"
        if is_document:
            self.documents.append(DocumentHeaders(path=urlsplit(response.url).path, headers=headers))
        if is_document or request.method not in READS:
            self._begin_cookies()
        if request.resource_type == "stylesheet" and response.ok:
            self._note_sheet(response, media_type(headers.get("content-type")))
        header = self.rules.build.header if self.rules.build else None
        if header and (build := headers.get(header.lower())):
            self.builds.append(build)

    def _note_sheet(self, response: Response, kind: str) -> None:
        self._sheets[response.url] = response
        if kind not in ("", CSS):
            self.no_sheets[urlsplit(response.url).path] = kind

    def glance(self) -> None:
        """Begin to look, and let the journey go on."""
        if len(self.documents) != self._documents_at_cookies:
            self._documents_at_cookies = len(self.documents)
            self._begin_cookies()
        self._glances += [self._begin(page, 0.0) for page in self._pages()]

    def _begin_cookies(self) -> None:
        self._glances += [Aside(context, partial(self._take_cookies, context)) for context in self._contexts]

    def look(self) -> None:
        """Take everything now; a page that does not answer is noted as silent."""
        self._begin_cookies()
        self._settle()
        pages = {page: self._begin(page, vitals.PATIENCE_MS) for page in self._pages()}
        silent = self._wait(list(pages.values()))
        self.silent = [urlsplit(page.url).path for page, begun in pages.items() if begun in silent]
        self._settle()

    def _settle(self) -> None:
        begun, self._glances = self._glances, []
        self._wait(begun)

    def _wait(self, begun: list[Aside[None]]) -> list[Aside[None]]:
        """Wait for all of ``begun`` together; return what took too long."""
        from playwright.sync_api import Error

        ends, late = time.monotonic() + LOOK_S, []
        for each in begun:
            try:
                with contextlib.suppress(Error):  # a page that is just leaving told what it showed by itself
                    each.result(max(0.01, ends - time.monotonic()))
            except TimeoutError:
                late.append(each)
        return late

    def _pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages if self._ours(page)]

    def _ours(self, page: Page) -> bool:
        return self.target.owns(page.url)

    @property
    def _what(self) -> list[object]:
        return [self.rules.build.meta if self.rules.build else None, LONGEST_TEXT]

    def _begin(self, page: Page, patience_ms: float) -> Aside[None]:
        return Aside(page, lambda: self._take(page.evaluate(LOOK, [self._what, patience_ms])))

    def _take(self, seen: dict[str, Any]) -> None:
        if not self.target.owns(seen["url"]):
            return
        for token in filter(is_random, seen["hidden"]):
            self.learn(token)
        ruleless = [self._sheets.pop(url) for url in seen["ruleless"] if url in self._sheets]
        self._glances += [Aside(each, partial(self._read_sheet, each)) for each in ruleless]
        self.timings[seen["id"]] = seen["timings"]
        self.views[seen["id"], seen["text"]] = PageView(
            path=urlsplit(seen["url"]).path,
            text=seen["text"],
            broken_images=tuple(filter(self.target.owns, seen["images"])),
            build=seen["build"],
            blank=seen.get("blank", False),
            unstyled=seen.get("unstyled", False),
            url=seen["address"],
        )

    def _read_sheet(self, response: Response) -> None:
        if PAGE.match(response.body()):
            self.no_sheets[urlsplit(response.url).path] = "text/html"

    def _take_cookies(self, context: BrowserContext) -> None:
        for cookie in context.cookies():
            name, value = cookie.get("name", ""), cookie.get("value", "")
            if cookie.get("httpOnly") or is_secret_cookie(name, value):
                self.learn(value)
            if not self._sends(cookie):
                continue
            self.cookies[name] = CookieView(
                name=name,
                http_only=cookie.get("httpOnly", False),
                secure=cookie.get("secure", False),
                same_site=cookie.get("sameSite", "None"),
            )

    def _sends(self, cookie: Cookie) -> bool:
        """Tell whether ``cookie`` goes to one of the target's addresses (RFC 6265, 5.4)."""
        domain, path = cookie.get("domain", ""), cookie.get("path", "/").rstrip("/")
        for url in (self.target.base_url, *self.target.urls.values()):
            parts = urlsplit(url)
            host = parts.hostname or ""
            is_host = host == domain.lstrip(".") or (domain.startswith(".") and host.endswith(domain))
            if is_host and f"{parts.path.rstrip('/')}/".startswith(f"{path}/"):
                return True
        return False

    def visit(self) -> Visit:
        """Return all that was seen; the timings of a document stand in its first view alone."""
        timings = dict(self.timings)
        pages = [replace(view, timings=timings.pop(begun, {})) for (begun, _), view in self.views.items()]
        return Visit(
            over_https=self.target.base_url.startswith("https:"),
            pages=tuple(pages),
            documents=tuple(self.documents),
            cookies=tuple(self.cookies.values()),
            silent=tuple(self.silent),
            no_sheets=tuple(self.no_sheets.items()),
            builds=(*self.builds, *(page.build for page in pages if page.build is not None)),
        )
