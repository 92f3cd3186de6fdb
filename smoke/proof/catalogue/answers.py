"""Faults of the answer as a whole: another status, another place, another kind, another age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from smoke.answers.exchange import Exchange
from smoke.answers.expectations import wanted_status
from smoke.answers.shapes import Cors, OpenApiExpect
from smoke.config.probe import Probe
from smoke.judging.blame import blame_of_status
from smoke.model import Blame
from smoke.proof.fault import ALWAYS, Act, Fault, implied_by
from smoke.proof.rewriting import with_header

BAD = (500, 502, 503, 404, 403, 429)
ERROR_PAGE = b"<!doctype html><title>Error</title><h1>Something went wrong</h1>"
ASSERTION = frozenset({Blame.ASSERTION})


def status(code: int) -> Act:
    """Return what answers ``code`` with an error page."""

    def act(good: Exchange, _number: int) -> Exchange:
        page = replace(good, status=code, body=ERROR_PAGE, closed_with=None, listed=())
        return with_header(page, "Content-Type", "text/html; charset=utf-8")

    return act


@implied_by(ALWAYS)
def _statuses(_nothing: None, probe: Probe) -> Iterator[Fault]:
    wanted = wanted_status(probe.expect)
    for code in BAD:
        if wanted and code not in wanted:
            # A smoke account that is refused is no fault of the application's.
            refused = {Blame.ACCOUNT} if probe.account and code == 403 else set()
            yield Fault(name=f"status-{code}", act=status(code), blames=frozenset({blame_of_status(code), *refused}))


@implied_by(ALWAYS)
def _opened(_nothing: None, probe: Probe) -> Iterator[Fault]:
    """What must be refused, or must not be found, is answered with 200."""

    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, status=200)

    wanted = wanted_status(probe.expect)
    if wanted and min(wanted) >= 300:
        yield Fault(name="open-to-everybody", act=act, blames=ASSERTION)


@implied_by("redirects_to")
def _elsewhere(_expected: str, _probe: Probe) -> Iterator[Fault]:
    def act(good: Exchange, _number: int) -> Exchange:
        return with_header(good, "Location", "https://elsewhere.invalid/")

    def nowhere(good: Exchange, _number: int) -> Exchange:
        return with_header(good, "Location", None)

    yield Fault(name="redirect-elsewhere", act=act, blames=ASSERTION)
    yield Fault(name="redirect-nowhere", act=nowhere, blames=ASSERTION)


@implied_by("cors")
def _cors(expected: Cors, probe: Probe) -> Iterator[Fault]:
    def echoed(good: Exchange, _number: int) -> Exchange:
        return with_header(good, "Access-Control-Allow-Origin", good.request.header("origin"))

    def to_all(good: Exchange, _number: int) -> Exchange:
        return with_header(good, "Access-Control-Allow-Origin", "*")

    def to_nobody(good: Exchange, _number: int) -> Exchange:
        return with_header(good, "Access-Control-Allow-Origin", None)

    yield Fault(name="cors-too-wide", act=to_all, blames=ASSERTION)
    match expected:
        case Cors.ALLOWED:
            yield Fault(name="cors-missing", act=to_nobody, blames=ASSERTION)
            yield Fault(name="preflight-refused", act=_refused, blames=frozenset({Blame.APP_4XX}))
            if probe.preflight and probe.preflight.method not in {"GET", "HEAD", "POST"}:
                yield Fault(
                    name="cors-method-missing",
                    act=lambda good, _number: with_header(good, "Access-Control-Allow-Methods", None),
                    blames=ASSERTION,
                )
        case Cors.REFUSED:
            yield Fault(name="cors-open", act=echoed, blames=ASSERTION)
        case _:
            assert_never(expected)


def _refused(good: Exchange, _number: int) -> Exchange:
    kept = tuple(each for each in good.headers if not each[0].lower().startswith("access-control-"))
    return replace(good, status=403, headers=kept, body=b"")


@implied_by(ALWAYS)
def _websocket(_nothing: None, probe: Probe) -> Iterator[Fault]:
    """A handshake that is refused, and a proxy that answers it as if it were a page (RFC 6455, 4.1)."""
    for name, code in (("websocket-refused", 403), ("websocket-not-upgraded", 200)):
        if probe.request.startswith("WS "):
            yield Fault(name=name, act=status(code), blames=frozenset({blame_of_status(code)}))


@implied_by("closes")
def _closes(expected: int, _probe: Probe) -> Iterator[Fault]:
    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, closed_with=1011 if expected != 1011 else 1000)

    yield Fault(name="socket-closes-badly", act=act, blames=ASSERTION)


@implied_by("openapi")
def _undeployed(_expected: OpenApiExpect, _probe: Probe) -> Iterator[Fault]:
    for code in (404, 500):

        def act(good: Exchange, _number: int, code: int = code) -> Exchange:
            return replace(good, status=code) if good.request.url != _description(good) else good

        yield Fault(name=f"listed-path-{code}", act=act, blames=frozenset({blame_of_status(code)}))


def _description(good: Exchange) -> str:
    """Return the address of an answer if it is an API description, else an empty text."""
    return good.request.url if b'"openapi"' in good.body or good.body.lstrip().startswith(b"openapi:") else ""
