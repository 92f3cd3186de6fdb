"""Looks at an application without changing anything: its start page, and what it answers elsewhere."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from smoke.answers.soundness import media_type
from smoke.init.room import Room
from smoke.init.seen import Answered, StartPage
from smoke.init.spot import Spot, spellings
from smoke.init.start_page import landmarks, named, parts
from smoke.init.usual import DESCRIPTIONS, HEALTH, NOWHERE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

LONGEST_BODY = 100_000


class NoStartPageError(Exception):
    """There is nothing to look at; says why."""


def start_page(room: Room, again: Room) -> StartPage:
    """Open the start page twice and return what stood on it both times, each thing found by one locator.

    Raises NoStartPageError, and Playwright's Error where nothing answers.
    """
    for each in (room, again):
        each.go("/")
        each.listeners.visiting.look()
        for answer in each.listeners.answers:
            if answer.is_document:
                raise NoStartPageError(f"the start page answers {answer.status}")
    if not room.is_ours:
        there = room.origin
        way_out = f"say --url {there} if the application is there, or --sso {there} if its login is"
        raise NoStartPageError(f"the start page leads to another address, {there}: {way_out}")
    nodes = room.nodes()
    landmark = next(_found(landmarks(nodes), room, again))
    rest = [spot for spot in _found(parts(nodes), room, again) if spot != landmark]
    called, *others = named([landmark, *rest])
    pages = room.listeners.visiting.visit().pages
    return StartPage(
        title=room.page.title(),
        landmark=called,
        parts=tuple(others),
        banner=room.banner if room.banner == again.banner else None,
        load_ms=pages[-1].timings.get("load_ms") if pages else None,
    )


def _found(spots: Iterable[Spot], *rooms: Room) -> Iterator[Spot]:
    """Yield for each of ``spots`` the first spelling that finds it, and it alone, in all of ``rooms``."""
    for spot in spots:
        for spelling in spellings(spot):
            if all(room.only([spelling]) for room in rooms):
                yield spelling
                break


def answers(context: BrowserContext, base: str) -> tuple[Answered, ...]:
    """Ask for the start page, for a page that is not there, and at the usual addresses; return what was answered."""
    return tuple(each for path in ("/", NOWHERE, *HEALTH, *DESCRIPTIONS) for each in _answer(context, base, path))


def _answer(context: BrowserContext, base: str, path: str) -> Iterator[Answered]:
    from playwright.sync_api import Error

    with contextlib.suppress(Error):  # no answer at all is none
        answer = context.request.get(base + path, max_redirects=0, fail_on_status_code=False)
        kind = media_type(answer.headers.get("content-type"))
        body = answer.body()[:LONGEST_BODY].decode("utf-8", "replace")
        yield Answered(
            path=path,
            status=answer.status,
            media_type=kind,
            location=answer.headers.get("location", ""),
            body=body,
            json=_json(body) if kind.endswith("json") else None,
        )
        answer.dispose()


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
