"""Faults of signing in and out, for journeys that have an account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange, NoAnswer, Request
from smoke.model import Blame
from smoke.proof.catalogue.answers import status
from smoke.proof.catalogue.network import unanswered
from smoke.proof.catalogue.pages import UNSEEN
from smoke.proof.journey_fault import JourneyFault, Recorded, bare, implied, signs_out
from smoke.proof.rewriting import with_header

ACCOUNT = frozenset({Blame.ACCOUNT})
REFUSAL = json.dumps({"detail": "Invalid email or password"}).encode()


@implied
def _login(recorded: Recorded) -> Iterator[JourneyFault]:
    for number, (written, address) in enumerate(recorded.signs.items()):
        method = written.partition(" ")[0]

        def about(request: Request, method: str = method, address: str = address) -> bool:
            return (request.method, bare(request.url)) == (method, address)

        answers = [each for each in recorded.exchanges if about(each.request)]
        if not answers:
            continue
        name = "second-factor" if number else "login"
        yield JourneyFault(name=f"{name}-refused", about=about, act=_refused, blames=ACCOUNT)
        yield JourneyFault(name=f"{name}-500", about=about, act=status(500), blames=frozenset({Blame.APP_5XX}))
        yield JourneyFault(
            name=f"{name}-reset", about=about, act=unanswered(NoAnswer.RESET), blames=frozenset({Blame.TCP})
        )
        yield JourneyFault(
            name=f"{name}-hangs", about=about, act=unanswered(NoAnswer.HANGS), blames=frozenset({Blame.SLOW})
        )


@implied
def _skipped(recorded: Recorded) -> Iterator[JourneyFault]:
    """The password alone is enough: what the second factor opens is open after the first."""
    steps = [
        next((each for each in recorded.exchanges if (each.request.method, bare(each.request.url)) == place), None)
        for place in ((written.partition(" ")[0], address) for written, address in recorded.signs.items())
    ]
    if len(steps) < 2 or steps[0] is None or steps[-1] is None:
        return
    first, last = steps[0], steps[-1]

    def about(request: Request) -> bool:
        return (request.method, bare(request.url)) == (first.request.method, bare(first.request.url))

    def act(good: Exchange, _number: int) -> Exchange:
        return replace(last, request=good.request)

    yield JourneyFault(name="second-factor-skipped", about=about, act=act, blames=UNSEEN)


@implied
def _no_session(recorded: Recorded) -> Iterator[JourneyFault]:
    """Signing in is answered well, but nothing comes of it: whoever asks who is signed in is refused."""
    signed = [each for each in recorded.exchanges if recorded.signs_in(each.request)]
    if not signed:
        return

    def act(good: Exchange, _number: int) -> Exchange:
        if recorded.signs_in(good.request):
            return with_header(good, "Set-Cookie", None)
        return replace(good, status=401, body=b'{"detail": "Not authenticated"}')

    known = {(each.request.method, each.request.url) for each in _of_a_session(recorded)}
    if known:
        yield JourneyFault(
            name="login-without-session",
            about=lambda request: recorded.signs_in(request) or (request.method, request.url) in known,
            act=act,
            blames=frozenset({*UNSEEN, Blame.APP_4XX}),
        )


@implied
def _logout(recorded: Recorded) -> Iterator[JourneyFault]:
    """Signing out is answered well, and the session goes on: what was refused after it is answered as before."""
    before = {(each.request.method, each.request.url): each for each in reversed(_of_a_session(recorded))}
    if not before or not any(signs_out(each.request) for each in recorded.exchanges):
        return

    def act(good: Exchange, _number: int) -> Exchange:
        if signs_out(good.request):
            return with_header(good, "Set-Cookie", None)
        return replace(before[good.request.method, good.request.url], request=good.request)

    yield JourneyFault(
        name="logout-keeps-session",
        about=lambda request: signs_out(request) or (request.method, request.url) in before,
        act=act,
        blames=UNSEEN,
    )


def _of_a_session(recorded: Recorded) -> list[Exchange]:
    """Return the good answers of places that also refused: what only somebody signed in is told."""
    refused = {(each.request.method, each.request.url) for each in recorded.calls() if each.status in (401, 403)}
    return [
        each for each in recorded.calls() if each.status == 200 and (each.request.method, each.request.url) in refused
    ]


def _refused(good: Exchange, _number: int) -> Exchange:
    refused = replace(good, status=401, body=REFUSAL)
    return with_header(with_header(refused, "Set-Cookie", None), "Content-Type", "application/json")
