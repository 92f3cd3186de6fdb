"""Looks at every first-party page before a journey leaves it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from smoke.config.page_rules import PageRules
from smoke.pages import CookieView, DocumentHeaders, PageView, Visit
from smoke.running import vitals
from smoke.running.aside import Aside

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from smoke.running.target import Target

LONGEST_TEXT = 200_000
LOOK_S = 5.0
LOOK = """async ([meta, longest, seen, patience_ms]) => ({
  id: performance.timeOrigin, url: location.href,
  text: (document.body?.innerText ?? '').slice(0, longest),
  images: [...document.images].filter(image => image.complete && image.currentSrc && !image.naturalWidth
    && image.checkVisibility()).map(image => image.currentSrc),
  build: meta ? document.querySelector(`meta[name="${CSS.escape(meta)}"]`)?.content ?? null : null,
  timings: seen.includes(performance.timeOrigin) ? null : await (%s)(patience_ms),
})"""


@dataclass
class Watch:
    """What one attempt saw of the target's pages so far."""

    target: Target
    rules: PageRules
    learn: Callable[[str], None]
    """Told every cookie that scripts may not read, so that no artifact shows it."""
    pages: dict[float, PageView] = field(default_factory=dict)
    """The latest view of each document, by the time it began."""
    cookies: dict[str, CookieView] = field(default_factory=dict)
    documents: list[DocumentHeaders] = field(default_factory=list)
    builds: list[str] = field(default_factory=list)
    _documents_at_cookies: int = 0
    """How many documents had come when the cookies were last taken: a login ends in a new one."""
    _timed: set[float] = field(default_factory=set)
    """Documents whose timings were taken; they are taken again only at the end, for what came late."""
    _glances: list[Aside[None]] = field(default_factory=list)

    def answered(self, url: str, headers: dict[str, str], *, is_document: bool) -> None:
        """Note the headers of a first-party answer; names in lower case."""
        if is_document:
            self.documents.append(DocumentHeaders(path=urlsplit(url).path, headers=headers))
        header = self.rules.build.header if self.rules.build else None
        if header and (build := headers.get(header.lower())):
            self.builds.append(build)

    def glance(self, context: BrowserContext) -> None:
        """Begin to look, and let the journey go on: the browser answers before it does what comes next."""
        if len(self.documents) != self._documents_at_cookies:
            self._documents_at_cookies = len(self.documents)
            self._glances.append(Aside(context, lambda: self._take_cookies(context)))
        self._glances += [Aside(page, partial(self._look, page, 0)) for page in context.pages if self._ours(page)]

    def look(self, context: BrowserContext) -> None:
        """Take everything now; a page that is just leaving, or never answers, is left out."""
        from playwright.sync_api import Error

        self._timed.clear()
        glances = [*self._glances, Aside(context, lambda: self._take_cookies(context))]
        glances += [
            Aside(page, partial(self._look, page, vitals.PATIENCE_MS)) for page in context.pages if self._ours(page)
        ]
        for glance in glances:
            with contextlib.suppress(Error, TimeoutError):
                glance.result(LOOK_S)

    def _ours(self, page: Page) -> bool:
        return self.target.owns(page.url)

    def _look(self, page: Page, patience_ms: int) -> None:
        meta = self.rules.build.meta if self.rules.build else None
        seen: dict[str, Any] = page.evaluate(LOOK % vitals.READ, [meta, LONGEST_TEXT, list(self._timed), patience_ms])
        before = self.pages.get(seen["id"])
        if seen["timings"] and seen["timings"]["load_ms"] is not None:
            self._timed.add(seen["id"])
        self.pages[seen["id"]] = PageView(
            path=urlsplit(seen["url"]).path,
            text=seen["text"],
            broken_images=tuple(filter(self.target.owns, seen["images"])),
            build=seen["build"],
            timings=seen["timings"] if seen["timings"] is not None else before.timings if before else {},
        )

    def _take_cookies(self, context: BrowserContext) -> None:
        for cookie in context.cookies([self.target.base_url, *self.target.urls.values()]):
            name = cookie.get("name", "")
            if cookie.get("httpOnly"):
                self.learn(cookie.get("value", ""))
            self.cookies[name] = CookieView(
                name=name,
                http_only=cookie.get("httpOnly", False),
                secure=cookie.get("secure", False),
                same_site=cookie.get("sameSite", "None"),
            )

    def visit(self) -> Visit:
        """Return all that was seen."""
        metas = [page.build for page in self.pages.values() if page.build is not None]
        return Visit(
            over_https=self.target.base_url.startswith("https:"),
            pages=tuple(self.pages.values()),
            documents=tuple(self.documents),
            cookies=tuple(self.cookies.values()),
            builds=(*self.builds, *metas),
        )
