"""Faults of which build answers: an old one, or two at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange, Request
from smoke.model import Blame
from smoke.proof.fault import Act
from smoke.proof.journey_fault import JourneyFault, Recorded, implied
from smoke.proof.rewriting import with_header

OLD = "an-old-build"
STALE = frozenset({Blame.STALE_BUILD})


@implied
def _builds(recorded: Recorded) -> Iterator[JourneyFault]:
    if not recorded.build:
        return
    act = _older(recorded.build)
    shows = [each for each in recorded.exchanges if recorded.owns(each.request.url) and act(each, 1) != each]

    def about(request: Request) -> bool:
        return recorded.owns(request.url)

    def every_second(good: Exchange, number: int) -> Exchange:
        return good if number % 2 else act(good, number)

    if shows:
        yield JourneyFault(name="stale-build", about=about, act=act, blames=STALE)
    if len(shows) > 1:
        yield JourneyFault(name="mixed-builds", about=about, act=every_second, blames=STALE)
    if any(recorded.is_document(each.request) for each in shows) and len(shows) > 1:
        yield JourneyFault(name="cached-old-page", about=recorded.is_document, act=act, blames=STALE)


def _older(build: str) -> Act:
    """Return what shows an older build wherever ``build`` is shown: in a header, or in a page."""

    def act(good: Exchange, _number: int) -> Exchange:
        shown = [name for name, value in good.headers if value == build]
        for name in shown:
            good = with_header(good, name, OLD)
        pattern = rb"""(<meta\b[^>]*content=["']?)""" + re.escape(build.encode()) + rb"""\b"""
        body = re.sub(pattern, rb"\g<1>" + OLD.encode(), good.body)
        return good if body == good.body else replace(good, body=body)

    return act
