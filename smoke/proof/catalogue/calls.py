"""Faults of the APIs that a journey's pages, or the journey itself, ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from smoke.model import Blame
from smoke.probing.exchange import Exchange, NoAnswer, Request
from smoke.proof.catalogue.answers import ERROR_PAGE, status
from smoke.proof.catalogue.network import unanswered
from smoke.proof.catalogue.pages import UNSEEN
from smoke.proof.journey_fault import JourneyFault, Played, bare, destination, implied, signs_out
from smoke.proof.rewriting import with_header
from smoke.safety import READS

UNREADABLE = frozenset({*UNSEEN, Blame.JS_ERROR})
"""A script may stumble over it before the page shows anything."""


@implied
def _calls(played: Played) -> Iterator[JourneyFault]:
    places = dict.fromkeys((each.request.method, bare(each.request.url)) for each in played.calls())
    for method, url in places:

        def about(request: Request, method: str = method, url: str = url) -> bool:
            return (request.method, bare(request.url)) == (method, url) and destination(request) in ("empty", "")

        name, answers = f"{method} {urlsplit(url).path}", [each for each in played.calls() if about(each.request)]
        yield JourneyFault(name=f"call-500 {name}", about=about, act=status(500), blames=frozenset({Blame.APP_5XX}))
        yield JourneyFault(
            name=f"call-reset {name}", about=about, act=unanswered(NoAnswer.RESET), blames=frozenset({Blame.TCP})
        )
        if matters(answers):
            yield JourneyFault(name=f"call-empty {name}", about=about, act=_empty, blames=UNREADABLE)
            yield JourneyFault(name=f"call-html {name}", about=about, act=_html, blames=UNREADABLE)
            if method not in READS or any(each.status in (401, 403) for each in answers):
                yield JourneyFault(name=f"call-says-nothing {name}", about=about, act=_hollow, blames=UNREADABLE)
        if method not in READS and any(destination(each.request) == "empty" for each in answers):
            yield JourneyFault(
                name=f"call-hangs {name}", about=about, act=unanswered(NoAnswer.HANGS), blames=frozenset({Blame.SLOW})
            )
        if any(each.status in (401, 403) for each in answers):
            yield JourneyFault(name=f"call-open {name}", about=about, act=_open, blames=UNSEEN)


def matters(answers: list[Exchange]) -> bool:
    """Tell whether somebody reads what these answers say: a journey's own client, or a user who has sent something.

    What a page fetches unasked may be there for nobody's eyes, such as feature switches.
    """
    read = [
        each
        for each in answers
        if (destination(each.request) == "" or each.request.method not in READS) and not signs_out(each.request)
    ]
    return any(each.status == 200 and _document(each) is not None for each in read)


def _document(good: Exchange) -> Any:
    try:
        found = good.json
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) and found else None


def _empty(good: Exchange, _number: int) -> Exchange:
    return replace(good, body=b"") if good.status < 300 else good


def _html(good: Exchange, _number: int) -> Exchange:
    if good.status >= 300:
        return good
    return with_header(replace(good, body=ERROR_PAGE), "Content-Type", "text/html; charset=utf-8")


def _hollow(good: Exchange, _number: int) -> Exchange:
    """Answer with every text in it empty."""
    return replace(good, body=json.dumps(_hollowed(_document(good))).encode()) if _document(good) else good


def _hollowed(value: Any) -> Any:
    match value:
        case dict():
            return {key: _hollowed(each) for key, each in value.items()}
        case list():
            return [_hollowed(each) for each in value]
        case str():
            return ""
        case _:
            return value


def _open(good: Exchange, _number: int) -> Exchange:
    return replace(good, status=200, body=b"{}") if good.status in (401, 403) else good
