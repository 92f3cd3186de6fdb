"""How each expectation of a probe is judged. Pure; adding one is a field in shapes.py and a function here or beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import assert_never
from urllib.parse import urlsplit

import smoke.answers.body_expectations
import smoke.answers.cookies  # noqa: F401 - both register their judges
from smoke.answers.exchange import Exchange
from smoke.answers.judges import JUDGES, assertion, excerpt, expectation
from smoke.answers.shapes import Cors, Expect, Flaw, HeaderExpect, OpenApiExpect
from smoke.answers.soundness import flaws, kind_of
from smoke.judging.blame import blame_of_status
from smoke.judging.causes import broken, stopped_by
from smoke.judging.edge import blocked_by, edge_rule
from smoke.model import Blame
from smoke.observation import Finding

LAST_DAYS = 2.0
"""A certificate with fewer days left is not going to be renewed in time, however short-lived it is meant to be."""


def judge(expect: Expect, exchange: Exchange) -> tuple[Finding, ...]:
    """Return what ``exchange`` breaks of ``expect``; a wrong status is told alone, as the cause of the rest.

    What an edge answered in place of the application is no answer of it, though the status be the one expected.
    """
    if stopped := edge_finding(exchange):
        return (stopped,)
    if wrong := tuple(_status(wanted_status(expect), exchange)):
        return wrong
    found: list[Finding] = []
    for each in fields(expect):
        value = getattr(expect, each.name)
        if value is not None and each.name != "status":
            found.extend(JUDGES[each.name](value, exchange))
    return tuple(found)


def wanted_status(expect: Expect) -> tuple[int, ...]:
    """Return the statuses that ``expect`` allows; empty: any."""
    if expect.status is not None:
        return (expect.status,) if isinstance(expect.status, int) else expect.status
    if expect.redirects_to is not None:
        return (301, 302, 303, 307, 308)
    match expect.cors:
        case Cors.ALLOWED:
            return (200, 204)
        case Cors.REFUSED:
            return ()
        case None:
            return (200,)
        case _:
            assert_never(expect.cors)


def edge_finding(exchange: Exchange) -> Finding | None:
    """Return the finding that a CDN or a firewall answered in place of the application, None if nothing says so."""
    headers = {name.lower(): value for name, value in exchange.headers}
    service = blocked_by(exchange.status, headers, exchange.text)
    if service is None:
        return None
    return Finding(
        rule=edge_rule(service, exchange.status),
        blame=Blame.EDGE_BLOCKED,
        evidence=(f"{exchange.request.method} {exchange.request.url}", excerpt(exchange)),
        cause=stopped_by(service),
    )


@expectation("status")
def _status(allowed: tuple[int, ...], exchange: Exchange) -> Iterator[Finding]:
    if allowed and exchange.status not in allowed:
        method, url = exchange.request.method, exchange.request.url
        yield Finding(
            rule=f"status ({exchange.status}) == {' or '.join(map(str, allowed))}",
            blame=blame_of_status(exchange.status),
            evidence=(f"{method} {url}", excerpt(exchange)),
            cause=broken(method, urlsplit(url).path, exchange.status),
        )


@expectation("within_ms")
@expectation("p95_within_ms")
@expectation("samples")
@expectation("ceiling_ms")
def _timing(_limit: float, _exchange: Exchange) -> Iterator[Finding]:
    # Time is judged over several samples, as budgets of measurements.
    yield from ()


@expectation("content_type")
def _content_type(expected: str, exchange: Exchange) -> Iterator[Finding]:
    actual = kind_of(exchange)
    if actual != expected.lower():
        yield assertion(f"content type ({actual or 'none'}) == {expected}", exchange)


@expectation("headers")
def _headers(expected: dict[str, HeaderExpect], exchange: Exchange) -> Iterator[Finding]:
    for name, rule in expected.items():
        if (text := broken_header(name, exchange.header(name), rule)) is not None:
            yield assertion(text, exchange)


def broken_header(name: str, value: str | None, rule: HeaderExpect) -> str | None:
    """Return what the value of header ``name`` breaks of ``rule``, or None."""
    if (value is not None) != rule.present:
        return f"header {name} ({_state(value)}) is {_state(rule.present or None)}"
    if rule.equals is not None and value != rule.equals:
        return f"header {name} ({value}) == {rule.equals}"
    if rule.matches is not None and not re.search(rule.matches, value or ""):
        return f"header {name} ({value}) matches /{rule.matches}/"
    return None


def _state(value: object) -> str:
    return "absent" if value is None else "present"


@expectation("redirects_to")
def _redirects_to(expected: str, exchange: Exchange) -> Iterator[Finding]:
    location = exchange.header("location") or "absent"
    if not re.fullmatch(expected, location):
        yield assertion(f"the whole of Location ({location}) matches the regular expression {expected}", exchange)


@expectation("cors")
def _cors(expected: Cors, exchange: Exchange) -> Iterator[Finding]:
    origin = exchange.request.header("origin")
    allowed = exchange.header("access-control-allow-origin")
    match expected:
        case Cors.REFUSED:
            if allowed in (origin, "*"):
                yield assertion(f"Access-Control-Allow-Origin ({allowed}) does not let {origin} in", exchange)
        case Cors.ALLOWED:
            if allowed != origin:
                yield assertion(f"Access-Control-Allow-Origin ({allowed or 'absent'}) == {origin}", exchange)
            method = exchange.request.header("access-control-request-method") or ""
            methods = exchange.header("access-control-allow-methods") or ""
            if method not in {"GET", "HEAD", "POST"} and method not in re.split(r"\s*,\s*", methods):
                yield assertion(f"Access-Control-Allow-Methods ({methods or 'absent'}) has {method}", exchange)
        case _:
            assert_never(expected)


@expectation("accepts")
def _sound(accepted: tuple[Flaw, ...], exchange: Exchange) -> Iterator[Finding]:
    for rule in flaws(exchange, accepted):
        yield assertion(rule, exchange)
    if Flaw.CERTIFICATE not in accepted and exchange.tls_days_left is not None:
        yield from _tls_days_left(LAST_DAYS, exchange)


@expectation("tls_days_left")
def _tls_days_left(least: float, exchange: Exchange) -> Iterator[Finding]:
    left = exchange.tls_days_left
    if left is None:
        yield Finding(rule=f"{exchange.request.url} has a certificate (it is not https)", blame=Blame.HARNESS)
    elif left < least:
        yield Finding(rule=f"days left of the certificate ({left:.1f}) >= {least:g}", blame=Blame.TLS)


@expectation("closes")
def _closes(expected: int, exchange: Exchange) -> Iterator[Finding]:
    if exchange.closed_with != expected:
        yield assertion(f"WebSocket close code ({exchange.closed_with}) == {expected}", exchange)


@expectation("openapi")
def _openapi(_expected: OpenApiExpect, exchange: Exchange) -> Iterator[Finding]:
    if not exchange.listed:
        yield assertion("the description lists GET paths", exchange)
    for each in exchange.listed:
        if each.status == 404 or each.status >= 500:
            blame = blame_of_status(each.status)
            yield Finding(rule=f"GET {each.path} ({each.status}) is served, as the description says", blame=blame)
