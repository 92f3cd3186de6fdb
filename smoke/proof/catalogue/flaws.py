"""Faults that are looked for in every answer: not what its headers call it, cut, misread, crashed, from a cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange
from smoke.answers.expectations import wanted_status
from smoke.answers.shapes import Flaw
from smoke.answers.soundness import is_json
from smoke.config.probe import Probe
from smoke.model import Blame
from smoke.proof.catalogue.answers import ASSERTION
from smoke.proof.catalogue.bodies import body
from smoke.proof.catalogue.headers import header
from smoke.proof.fault import Act, Fault, implied_by
from smoke.proof.rewriting import with_text

ERROR_TITLE = b"<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"
STACK = "Traceback (most recent call last)"
KEY = "xoxb-17653672481-injected"
CRASHED = body(lambda _good: ERROR_TITLE)
CUT = body(lambda good: good[: len(good) // 2])
"""Of a JSON document: whatever is left of it is none."""
CUT_IN_A_TAG = body(lambda good: good[: good.rindex(b"<") + 1])


def traced(good: Exchange, _number: int) -> Exchange:
    """Answer with a stack trace in the body."""
    return with_text(good, STACK)


def shown(good: Exchange, _number: int) -> Exchange:
    """Answer with somebody's key in the body."""
    return with_text(good, KEY)


@implied_by("accepts")
def _flaws(accepted: tuple[Flaw, ...], probe: Probe) -> Iterator[Fault]:
    kind = (probe.expect.content_type or "").lower()
    for flaw, name, act in _by_kind(kind):
        if flaw not in accepted:
            yield Fault(name=name, act=act, blames=ASSERTION)
    if kind == "text/html" and Flaw.CRASHED not in accepted and max(wanted_status(probe.expect), default=0) < 300:
        yield Fault(name="error-page-200", act=CRASHED, blames=ASSERTION)
    if probe.account and probe.request.startswith("GET ") and Flaw.SHARED_CACHE not in accepted:
        yield Fault(name="from-a-shared-cache", act=header("Age", "312"), blames=ASSERTION)
    if Flaw.CERTIFICATE not in accepted and probe.expect.tls_days_left is None:
        yield Fault(name="certificate-ends", act=_ending, blames=frozenset({Blame.TLS}))


def _by_kind(kind: str) -> Iterator[tuple[Flaw, str, Act]]:
    if kind == "text/html":
        yield Flaw.HALF, "page-cut", CUT_IN_A_TAG
        yield Flaw.DOWNLOAD, "page-as-download", header("Content-Disposition", "attachment")
        yield Flaw.PAGE_IN_DISGUISE, "page-as-text", header("Content-Type", "text/plain")
    if is_json(kind):
        yield Flaw.NOT_JSON, "json-cut", CUT
        yield Flaw.CRASHED, "stack-trace", traced
        yield Flaw.NOT_JSON, "page-said-to-be-json", CRASHED
    if is_json(kind) or kind.startswith("text/"):
        yield Flaw.ENCODING, "encoding-untrue", header("Content-Encoding", "gzip")
        yield Flaw.CHARSET, "text-misread", body(lambda good: good + b"\xff")
        yield Flaw.KEY, "key-shown", shown


def _ending(good: Exchange, _number: int) -> Exchange:
    return replace(good, tls_days_left=0.5)
