"""Builds the requests of a probe and asks them: plain, preflight, WebSocket, and what an API description lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.blame import AccountError
from smoke.config.probe import Login, Probe
from smoke.model import Blame, Finding
from smoke.probing.body_expectations import MISSING, at_path
from smoke.probing.client import ProbeFailedError
from smoke.probing.exchange import Exchange, Listed, Request
from smoke.probing.shapes import OpenApiExpect
from smoke.probing.variables import filled, names_in
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

    values: dict[str, str] = field(default_factory=dict)
    """Captured values, ``run`` and ``origin``."""
    tokens: dict[str, asyncio.Task[str]] = field(default_factory=dict)
    """Access token of each account, fetched once."""
    learn: Callable[[str], None] = lambda _secret: None
    """Told every token, so that none is printed."""


def url_of(base: str | None, path: str, terms: Terms) -> str:
    """Return the whole address of ``path`` below the address named ``base``."""
    return (terms.urls[base] if base else terms.base_url) + path


def request_of(probe: Probe, terms: Terms, values: Mapping[str, str] | None = None) -> Request:
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

    Raises ProbeFailedError if no answer came.
    """
    request = request_of(probe, terms, shared.values)
    if probe.account is not None:
        token = await _token(probe, probe.account, terms, shared, send)
        request = replace(request, headers=(*request.headers, ("Authorization", f"Bearer {token}")))
    exchange = await send(request, terms.timeout_s)
    if probe.expect.openapi is not None:
        listed = await _listed(exchange, probe, probe.expect.openapi, terms, send)
        exchange = replace(exchange, listed=listed)
    return exchange


async def _token(probe: Probe, account: str, terms: Terms, shared: Shared, send: Send) -> str:
    if account not in shared.tokens:
        shared.tokens[account] = asyncio.create_task(_sign_in(account, terms, shared, send, probe.id))
    try:
        return await asyncio.shield(shared.tokens[account])
    except AccountError as error:
        raise ProbeFailedError(Finding(rule=str(error), blame=Blame.ACCOUNT)) from error


async def _sign_in(account: str, terms: Terms, shared: Shared, send: Send, check_id: str) -> str:
    login, who = terms.login, terms.accounts[account]
    assert login is not None, "the configuration was checked: a probe with an account needs a login"
    method, path = login.request.split(" ", 1)
    body, headers = _body(filled(login.body, {"user": who.user, "password": who.password.reveal()}))
    request = Request(
        method=method,
        url=url_of(login.base, path, terms),
        headers=(*terms.headers, *headers.items()),
        body=body,
        check_id=check_id,
    )
    exchange = await send(request, terms.timeout_s)
    token = at_path(exchange.json, login.token) if exchange.status < 300 else MISSING
    if not isinstance(token, str):
        raise AccountError(f"login of {who.user} is accepted: {login.request} answered {exchange.status}")
    shared.learn(token)
    return token


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


def listed_paths(exchange: Exchange, rule: OpenApiExpect) -> list[str]:
    """Return every GET path of an OpenAPI description with its parameters filled in; none if it is no description."""
    try:
        document: Any = exchange.json
    except ValueError:
        return []
    paths = document.get("paths") if isinstance(document, dict) else None
    found = []
    for path, item in (paths or {}).items():
        if path not in rule.skip and isinstance(item, dict) and "get" in item:
            values = {name: str(rule.parameters.get(name, _example(item, name))) for name in names_in(path)}
            found.append(filled(path, values))
    return found


def _example(item: dict[str, Any], name: str) -> object:
    for parameter in (*item.get("parameters", ()), *item["get"].get("parameters", ())):
        if parameter.get("name") == name:
            return parameter.get("example", parameter.get("schema", {}).get("example", 1))
    return 1
