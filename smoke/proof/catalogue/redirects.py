"""Faults of where a page is: round in circles, elsewhere, or open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from smoke.answers.exchange import Exchange, Request
from smoke.model import Blame
from smoke.proof.catalogue.pages import UNSEEN
from smoke.proof.fault import Act
from smoke.proof.journey_fault import JourneyFault, Recorded, bare, implied
from smoke.proof.rewriting import with_header
from smoke.safety import READS

ELSEWHERE = "/smoke-injected-elsewhere"
NO_SUCH_PLACE = UNSEEN | {Blame.APP_4XX}


@implied
def _redirects(recorded: Recorded) -> Iterator[JourneyFault]:
    if not recorded.documents():
        return
    about = recorded.is_document
    yield JourneyFault(name="redirect-loop", about=about, act=_to_itself, blames=frozenset({Blame.ASSERTION}))
    for path in dict.fromkeys(urlsplit(each.request.url).path for each in recorded.documents()):

        def here(request: Request, path: str = path) -> bool:
            return recorded.is_document(request) and urlsplit(request.url).path == path

        yield JourneyFault(name=f"redirect-elsewhere {path}", about=here, act=_elsewhere, blames=NO_SUCH_PLACE)


def _to_itself(good: Exchange, _number: int) -> Exchange:
    return _redirected(good, good.request.url)


def _elsewhere(good: Exchange, _number: int) -> Exchange:
    return _redirected(good, urljoin(good.request.url, ELSEWHERE))


def _redirected(good: Exchange, url: str) -> Exchange:
    return with_header(replace(good, status=302, body=b""), "Location", url)


@implied
def _opened(recorded: Recorded) -> Iterator[JourneyFault]:
    """A page that leads elsewhere, as a protected one does to the login, is shown to everybody."""
    led = {
        bare(each.request.url)
        for each in recorded.documents()
        if 300 <= each.status < 400 and each.request.method in READS
    }
    shown = next((each for each in recorded.documents() if each.status == 200), None)
    for url in sorted(led if shown else ()):

        def about(request: Request, url: str = url) -> bool:
            return recorded.is_document(request) and request.method in READS and bare(request.url) == url

        assert shown is not None
        name = f"open-to-everybody {urlsplit(url).path}"
        yield JourneyFault(name=name, about=about, act=_shows(shown), blames=UNSEEN)


def _shows(page: Exchange) -> Act:
    def act(good: Exchange, _number: int) -> Exchange:
        return replace(page, request=good.request)

    return act
