"""Builds the requests of a probe and asks them: plain, preflight, WebSocket, and what an API description lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from smoke.config.probe import Login, Probe
from smoke.model import Blame, Finding
from smoke.probing.client import ProbeFailedError
from smoke.probing.description import listed_paths
from smoke.probing.exchange import Exchange, Listed, Request
from smoke.probing.expectations import wanted_status
from smoke.probing.shapes import OpenApiExpect
from smoke.probing.signing import Proof, answered, basic
from smoke.probing.variables import filled
from smoke.retry import RetryPolicy
from smoke.secret import Secret

Send = Callable[[Request, float], Awaitable[Exchange]]
LISTED_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAccount:
    """What a probe signs in with."""

    user: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Against what, and how patiently, probes run."""

    base_url: str
    timeout_s: float
    retry: RetryPolicy
    headers: tuple[tuple[str, str], ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    """Further addresses of the target, by the names that probes use."""
    login: Login | None = None
    accounts: Mapping[str, ProbeAccount] = field(default_factory=dict)


@dataclass(slots=True)
class Shared:
    """What the probes of one run share while it goes on."""

    values: dict[str, object] = field(default_factory=dict)
    """Captured values, ``run`` and ``origin``."""
    proofs: dict[str, asyncio.Task[Proof]] = field(default_factory=dict)
    """What signs each account in, fetched once."""
    learn: Callable[[str], None] = lambda _secret: None
    """Told every token, cookie and the like, so that none is printed."""


def url_of(base: str | None, path: str, terms: Terms) -> str:
    """Return the whole address of ``path`` below the address named ``base``."""
    return (terms.urls[base] if base else terms.base_url) + path


def request_of(probe: Probe, terms: Terms, values: Mapping[str, object] | None = None) -> Request:
    """Build the request that ``probe`` describes, with ``{name}`` filled from ``values``."""
    known = values or {}
    method, path = filled(probe.request, known).split(" ", 1)
    body, headers = _body(filled(probe.send if probe.send is not None else probe.body, known))
    if probe.preflight is not None:
        asked = {
            "Origin": filled(probe.preflight.origin, known),
            "Access-Control-Request-Method": probe.preflight.method,
        }
        if probe.preflight.headers:
            asked["Access-Control-Request-Headers"] = ", ".join(probe.preflight.headers)
        headers |= asked
    return Request(
        method=method,
        url=url_of(probe.base, path, terms),
        headers=(*terms.headers, *headers.items(), *filled(probe.headers, known).items()),
        body=body,
        check_id=probe.id,
    )


def _body(content: Any) -> tuple[bytes | None, dict[str, str]]:
    match content:
        case None:
            return None, {}
        case str():
            return content.encode(), {}
        case _:
            return json.dumps(content).encode(), {"Content-Type": "application/json"}


async def ask(probe: Probe, terms: Terms, shared: Shared, send: Send) -> Exchange:
    """Ask ``probe`` once, signed in where it says so, and follow an API description where it asks for that.

    Raises ProbeFailedError if no answer came, or if the account was refused.
    """
    request = await signed(request_of(probe, terms, shared.values), probe.account, terms, shared, send)
    exchange = await send(request, terms.timeout_s)
    allowed = wanted_status(probe.expect)
    if probe.account and _is_basic(terms) and exchange.status == 401 and allowed and 401 not in allowed:
        raise _refused(terms.accounts[probe.account], probe.request, exchange)
    if probe.expect.openapi is not None:
        listed = await _listed(exchange, probe, probe.expect.openapi, terms, send)
        exchange = replace(exchange, listed=listed)
    return exchange


async def signed(request: Request, account: str | None, terms: Terms, shared: Shared, send: Send) -> Request:
    """Return ``request`` as ``account`` sends it; raises ProbeFailedError if it cannot be signed in."""
    if account is None:
        return request
    if account not in shared.proofs:
        shared.proofs[account] = asyncio.create_task(_sign_in(account, terms, shared, send, request.check_id))
    try:
        proof = await asyncio.shield(shared.proofs[account])
    except ProbeFailedError as error:
        if error.finding.blame is not Blame.ACCOUNT:
            shared.proofs.pop(account, None)
        raise
    return replace(request, headers=proof.on(request.headers))


async def _sign_in(account: str, terms: Terms, shared: Shared, send: Send, check_id: str) -> Proof:
    login, who = terms.login, terms.accounts[account]
    assert login is not None, "the configuration was checked: a probe with an account needs a login"
    if login.request is None:
        proof = basic(who.user, who.password)
    else:
        exchange = await send(_login_request(login, login.request, who, terms, check_id), terms.timeout_s)
        found = answered(login, exchange)
        if found is None:
            raise _refused(who, login.request, exchange)
        proof = found
    shared.learn(proof.secret.reveal())
    return proof


def _login_request(login: Login, request: str, who: ProbeAccount, terms: Terms, check_id: str) -> Request:
    method, path = request.split(" ", 1)
    known = {"user": who.user, "password": who.password.reveal()}
    if login.form is not None:
        body: bytes | None = urlencode(filled(login.form, known)).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
    else:
        body, headers = _body(filled(login.body, known))
    return Request(
        method=method,
        url=url_of(login.base, path, terms),
        headers=(*terms.headers, *headers.items()),
        body=body,
        check_id=check_id,
    )


def _is_basic(terms: Terms) -> bool:
    return terms.login is not None and terms.login.basic


def _refused(who: ProbeAccount, request: str, exchange: Exchange) -> ProbeFailedError:
    blame = Blame.APP_5XX if exchange.status >= 500 else Blame.ACCOUNT
    rule = f"login of {who.user} is accepted: {request} answered {exchange.status}"
    return ProbeFailedError(Finding(rule=rule, blame=blame))


async def _listed(
    exchange: Exchange, probe: Probe, rule: OpenApiExpect, terms: Terms, send: Send
) -> tuple[Listed, ...]:
    gate = asyncio.Semaphore(LISTED_AT_ONCE)

    async def look(path: str) -> Listed:
        async with gate:
            request = Request(
                method="GET", url=url_of(probe.base, path, terms), headers=terms.headers, check_id=probe.id
            )
            return Listed(path=path, status=(await send(request, terms.timeout_s)).status)

    return tuple(await asyncio.gather(*(look(path) for path in listed_paths(exchange, rule))))
