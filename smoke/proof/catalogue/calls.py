"""Faults of the APIs that a journey's pages, or the journey itself, ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from smoke.answers.exchange import Exchange, NoAnswer, Request
from smoke.model import Blame
from smoke.proof.catalogue.answers import ERROR_PAGE, status
from smoke.proof.catalogue.network import unanswered
from smoke.proof.catalogue.pages import UNSEEN, blank
from smoke.proof.fault import Act
from smoke.proof.journey_fault import CALLS, JourneyFault, Recorded, bare, destination, implied, signs_out
from smoke.proof.rewriting import with_header, with_value
from smoke.safety import READS

KEPT = re.compile(r"saved|stored|kept|count", re.IGNORECASE)
WORD = 6
"""Letters: shorter ones are in any text."""
DIGRESSION = " ".join(["Quite another matter, on which nobody had a question, is what follows here."] * 4)
UNREADABLE = frozenset({*UNSEEN, Blame.JS_ERROR})
"""A script may stumble over it before the page shows anything."""


@implied
def _counters(recorded: Recorded) -> Iterator[JourneyFault]:
    """Something was kept after all: what a journey counted before and after is one more the second time."""
    for url in dict.fromkeys(each.request.url for each in recorded.calls() if destination(each.request) == ""):

        def about(request: Request, url: str = url) -> bool:
            return (request.method, request.url, destination(request)) == ("GET", url, "")

        said = [_document(each) for each in recorded.exchanges if about(each.request) and each.status == 200]
        if len(said) > 1 and isinstance(said[0], dict):
            for name, value in said[0].items():
                if type(value) is int and KEPT.search(name) and said[-1].get(name) == value:
                    act = _one_more(name)
                    yield JourneyFault(
                        name=f"kept-after-all GET {urlsplit(url).path} {name}", about=about, act=act, blames=UNSEEN
                    )


def _one_more(name: str) -> Act:
    def act(good: Exchange, number: int) -> Exchange:
        return with_value(good, name, lambda value: value + 1) if number > 1 else good

    return act


@implied
def _calls(recorded: Recorded) -> Iterator[JourneyFault]:
    places = dict.fromkeys((each.request.method, bare(each.request.url)) for each in recorded.calls())
    for method, url in places:

        def about(request: Request, method: str = method, url: str = url) -> bool:
            return (request.method, bare(request.url)) == (method, url) and destination(request) in CALLS

        name, answers = f"{method} {urlsplit(url).path}", [each for each in recorded.calls() if about(each.request)]
        yield JourneyFault(name=f"call-500 {name}", about=about, act=status(500), blames=frozenset({Blame.APP_5XX}))
        yield JourneyFault(
            name=f"call-reset {name}", about=about, act=unanswered(NoAnswer.RESET), blames=frozenset({Blame.TCP})
        )
        if matters(answers) and not (recorded.check.account and any(map(_sets_cookie, answers))):
            yield JourneyFault(name=f"call-empty {name}", about=about, act=blank, blames=UNREADABLE)
            yield JourneyFault(name=f"call-html {name}", about=about, act=_html, blames=UNREADABLE)
            if method not in READS or any(each.status in (401, 403) for each in answers):
                yield JourneyFault(name=f"call-says-nothing {name}", about=about, act=_hollow, blames=UNREADABLE)
        if method not in READS and any(destination(each.request) == "empty" for each in answers):
            yield JourneyFault(
                name=f"call-hangs {name}", about=about, act=unanswered(NoAnswer.HANGS), blames=frozenset({Blame.SLOW})
            )
        if any(_is_about_what_was_sent(each) for each in answers):
            yield JourneyFault(name=f"call-echoes {name}", about=about, act=_echo, blames=UNSEEN)
            yield JourneyFault(name=f"call-digresses {name}", about=about, act=_digress, blames=UNSEEN)
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


def _sets_cookie(answer: Exchange) -> bool:
    """Tell whether ``answer`` may sign in by its cookie alone, whatever it says."""
    return answer.header("set-cookie") is not None


def _document(good: Exchange) -> Any:
    try:
        found = good.json
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) and found else None


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


def _is_about_what_was_sent(answer: Exchange) -> bool:
    """Tell whether a text was sent, and a text that mentions what is in it came back."""
    words = {word for word in _longest(_sent(answer)).lower().split() if len(word) >= WORD}
    said = _longest(_document(answer) if answer.status == 200 else None).lower()
    return len(words) > 1 and any(word in said for word in words)


def _echo(good: Exchange, _number: int) -> Exchange:
    return _saying(good, _longest(_sent(good)))


def _digress(good: Exchange, _number: int) -> Exchange:
    return _saying(good, DIGRESSION)


def _saying(good: Exchange, text: str) -> Exchange:
    """Answer with the longest text in it, wherever that is, as ``text``."""
    document = _document(good)
    longest = _longest(document)
    return replace(good, body=json.dumps(_with(document, longest, text)).encode()) if longest and text else good


def _with(value: Any, old: str, new: str) -> Any:
    match value:
        case dict():
            return {key: _with(each, old, new) for key, each in value.items()}
        case list():
            return [_with(each, old, new) for each in value]
        case _:
            return new if value == old else value


def _longest(value: Any) -> str:
    match value:
        case dict():
            return max(map(_longest, value.values()), key=len, default="")
        case list():
            return max(map(_longest, value), key=len, default="")
        case str():
            return value
        case _:
            return ""


def _sent(answer: Exchange) -> Any:
    try:
        return json.loads(answer.request.body or b"")
    except ValueError:
        return None


def _open(good: Exchange, _number: int) -> Exchange:
    return replace(good, status=200, body=b"{}") if good.status in (401, 403) else good
