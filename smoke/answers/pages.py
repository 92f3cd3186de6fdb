"""What every first-party page must keep, judged from what was seen of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from smoke.answers.cookies import CookieView, broken_cookie
from smoke.answers.expectations import broken_header
from smoke.answers.page_rules import PageRules
from smoke.answers.soundness import garbled
from smoke.judging.timing import QUIET, Circumstances, is_too_slow, over_budget, sampled
from smoke.model import Blame
from smoke.observation import Finding, Measurement, Standard, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One document, as it was last seen before the journey left it."""

    path: str
    text: str
    """What can be read on it."""
    broken_images: tuple[str, ...] = ()
    """Addresses of first-party images that are shown and did not decode."""
    build: str | None = None
    """Of its meta tag."""
    blank: bool = False
    """There was nothing on it in the end, though it had every chance."""
    unstyled: bool = False
    """It had stylesheets in the end, and no rule in any of them."""
    timings: Mapping[str, float | None] = field(default_factory=dict)
    url: str = ""
    """Address of the document, whatever scripts made of it since; never told."""
    loads: tuple[Mapping[str, float | None], ...] = ()
    """Timings of further cold loads of the same document."""
    standard: Standard = Standard.MEDIAN
    """Which of all its loads a timing is judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeaders:
    """The headers that one document came with; names in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """All that one attempt saw of the target's pages."""

    over_https: bool
    pages: tuple[PageView, ...] = ()
    documents: tuple[DocumentHeaders, ...] = ()
    cookies: tuple[CookieView, ...] = ()
    builds: tuple[str, ...] = ()
    """Every build id that an answer or a page showed."""
    silent: tuple[str, ...] = ()
    """Paths of pages whose scripts did not let anybody look in the end."""
    no_sheets: tuple[tuple[str, str], ...] = ()
    """Paths of what came where a stylesheet was asked for, each with its media type."""


def judge_visit(
    visit: Visit, rules: PageRules, expected_build: str | None, circumstances: Circumstances = QUIET
) -> tuple[Finding, ...]:
    """Return every broken rule, each told once with the first page that breaks it."""
    found = [
        *_headers(visit.documents, rules),
        *_cookies(visit, rules),
        *_texts(visit.pages, rules),
        *_misread(visit.pages),
        *_images(visit.pages),
        *(
            Finding(rule=f"stylesheet {path}: media type ({kind}) == text/css", blame=Blame.ASSERTION)
            for path, kind in visit.no_sheets
        ),
        *(
            Finding(rule=f"page {page.path} shows something", blame=Blame.ASSERTION)
            for page in visit.pages
            if page.blank
        ),
        *(
            Finding(rule=f"page {page.path} has styles: all its stylesheets are empty", blame=Blame.ASSERTION)
            for page in visit.pages
            if page.unstyled
        ),
        *(over_budget(each, circumstances) for page in visit.pages for each in broken_timings(page, rules)),
        *_builds(visit.builds, rules, expected_build),
        *(Finding(rule=f"page {path} answers, but its scripts never end", blame=Blame.SLOW) for path in visit.silent),
    ]
    return tuple({finding.rule: finding for finding in reversed(found)}.values())[::-1]


def _headers(documents: Iterable[DocumentHeaders], rules: PageRules) -> Iterator[Finding]:
    told: set[str] = set()
    for document in documents:
        for name, expect in rules.headers.items():
            rule = broken_header(name, document.headers.get(name.lower()), expect)
            if rule is not None and name not in told:
                told.add(name)
                yield Finding(rule=f"page {document.path}: {rule}", blame=Blame.ASSERTION)


def _cookies(visit: Visit, rules: PageRules) -> Iterator[Finding]:
    for cookie in visit.cookies:
        expect = rules.cookies.get(cookie.name)
        if expect is not None:
            for text in broken_cookie(cookie, expect, over_https=visit.over_https):
                yield Finding(rule=f"cookie {cookie.name}: {text}", blame=Blame.ASSERTION)


def _texts(pages: Iterable[PageView], rules: PageRules) -> Iterator[Finding]:
    for page in pages:
        for pattern in rules.never:
            found = re.search(pattern, page.text)
            if found:
                around = " ".join(page.text[max(0, found.start() - 40) : found.end() + 40].split())
                rule = f"page {page.path} never shows /{pattern}/: {around!r}"
                yield Finding(rule=rule, blame=Blame.ASSERTION)


def _misread(pages: Iterable[PageView]) -> Iterator[Finding]:
    """A letter that was lost in decoding is on no page on purpose."""
    for page in pages:
        if (told := garbled(page.text)) is not None:
            yield Finding(rule=f"page {page.path} shows no {told}", blame=Blame.ASSERTION)


def _images(pages: Iterable[PageView]) -> Iterator[Finding]:
    for page in pages:
        if page.broken_images:
            rule = f"page {page.path}: broken images ({len(page.broken_images)}) == 0: {page.broken_images[0]}"
            yield Finding(rule=rule, blame=Blame.ASSERTION)


def broken_timings(page: PageView, rules: PageRules) -> Iterator[Measurement]:
    """Yield each timing of ``page`` that is over its budget; of several loads, by the one that its standard says."""
    for name, budget in rules.budgets.items():
        first = Measurement(
            name=f"page {page.path}: {name}",
            value=page.timings.get(name),
            unit=Unit.SCORE if name == "cls" else Unit.MS,
            budget=budget,
            ceiling=rules.ceilings.get(name),
            standard=page.standard,
        )
        if is_too_slow(first):
            first = sampled(first, [value for load in page.loads if (value := load.get(name)) is not None])
        if first.ok is False:
            yield first


def _builds(builds: Iterable[str], rules: PageRules, expected: str | None) -> Iterator[Finding]:
    if rules.build is None:
        return
    seen = sorted(set(builds))
    if len(seen) > 1:
        cause = f"several builds are served: {', '.join(seen)}"
        yield Finding(rule=f"builds seen ({', '.join(seen)}) are one", blame=Blame.STALE_BUILD, cause=cause)
    elif expected is not None and seen != [expected]:
        cause = f"build {seen[0]} is served, expected {expected}" if seen else f"no build is shown, expected {expected}"
        rule = f"build ({', '.join(seen) or 'none seen'}) == {expected}"
        yield Finding(rule=rule, blame=Blame.STALE_BUILD, cause=cause)
