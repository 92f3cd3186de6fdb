"""Builds the requests of a probe and asks them: plain, preflight, WebSocket, and what an API description lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from smoke.accounts.one_time import OneTimeCodes
from smoke.accounts.pacing import LoginAnswer
from smoke.answers.description import listed_paths
from smoke.answers.exchange import Exchange, Listed, Request
from smoke.answers.expectations import wanted_status
from smoke.answers.shapes import OpenApiExpect
from smoke.answers.variables import filled
from smoke.calibration import Calibration
from smoke.config.login import Login
from smoke.config.probe import Probe
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame
from smoke.observation import Standard
from smoke.probing.account import ProbeAccount
from smoke.probing.admission import Admission, Admitted, unasked
from smoke.probing.failing import ProbeFailedError
from smoke.probing.refusing import LoginRefusedError, refused
from smoke.probing.sending import Send
from smoke.probing.sign_in import Door, SignedIn, json_body, sign_in
from smoke.probing.waited import Waited, waiting_for

LISTED_AT_ONCE = 4


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
    standard: Standard = Standard.MEDIAN
    """Which of its samples a time is judged by."""

    def signs_in(self, request: Request) -> bool:
        """Tell whether ``request`` is one by which an account signs in."""
        if self.login is None:
            return False
        path = request.url.removeprefix(url_of(self.login.base, "", self))
        return f"{request.method} {path}" in self.login.writes


async def unread() -> Calibration | None:
    """Say nothing of the runner: what is too slow is the application's then."""
    return None


@dataclass(slots=True)
class Shared:
    """What the probes of one run share while it goes on."""

    values: dict[str, object] = field(default_factory=dict)
    """Captured values, ``run`` and ``origin``."""
    proofs: dict[str, asyncio.Task[SignedIn]] = field(default_factory=dict)
    """What signs each account in, fetched once."""
    learn: Callable[[str], None] = lambda _secret: None
    """Told every token, cookie and the like, so that none is printed."""
    codes: OneTimeCodes = field(default_factory=OneTimeCodes)
    """Second factors that the run took."""
    admission: Admission = unasked
    """Who may sign in, and when."""
    let_in: set[str] = field(default_factory=set)
    """Accounts whose user and password were accepted with a request (HTTP Basic)."""
    doors: dict[str, asyncio.Lock] = field(default_factory=dict)
    """One for each account: until it is let in, it is tried by one probe at a time."""
    calm: Callable[[], Awaitable[Calibration | None]] = unread
    """Waits until the runner can judge timings, for a while, and tells how fast it is; None: nobody knows."""
    reading: Callable[[], Awaitable[Calibration | None]] = unread
    """Tells the same at once."""
    waits: dict[str, Waited] = field(default_factory=dict)
    """What the login of each account waited for, by user."""

    def waits_for(self, user: str) -> Waited:
        """Return what the login of ``user`` waited so far; it goes on counting."""
        return self.waits.setdefault(user, Waited())


def url_of(base: str | None, path: str, terms: Terms) -> str:
    """Return the whole address of ``path`` below the address named ``base``."""
    return (terms.urls[base] if base else terms.base_url) + path


def request_of(probe: Probe, terms: Terms, values: Mapping[str, object] | None = None) -> Request:
    """Build the request that ``probe`` describes, with ``{name}`` filled from ``values``."""
    known = values or {}
    method, path = filled(probe.request, known).split(" ", 1)
    body, headers = json_body(filled(probe.send if probe.send is not None else probe.body, known))
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


async def ask(probe: Probe, terms: Terms, shared: Shared, send: Send) -> Exchange:
    """Ask ``probe`` once, signed in where it says so, and follow an API description where it asks for that.

    Raises ProbeFailedError if no answer came, or if the account was refused.
    """
    request = await signed(request_of(probe, terms, shared.values), probe.account, terms, shared, send)
    if probe.account and _is_basic(terms):
        who = terms.accounts[probe.account]
        with waiting_for(shared.waits_for(who.user)):
            exchange = await _ask_basic(request, probe, who, terms, shared, send)
    else:
        exchange = await send(request, terms.timeout_s)
    if probe.expect.openapi is not None:
        listed = await _listed(exchange, probe, probe.expect.openapi, terms, send)
        exchange = replace(exchange, listed=listed)
    return exchange


async def _ask_basic(
    request: Request, probe: Probe, who: ProbeAccount, terms: Terms, shared: Shared, send: Send
) -> Exchange:
    """Send user and password along; until they are known to be right, one request at a time."""
    async with shared.doors.setdefault(who.user, asyncio.Lock()):
        if who.user not in shared.let_in:
            async with _admitted(who, probe.id, shared) as admitted:
                exchange = await _send_basic(request, probe, who, terms, send)
                if exchange.status < 400:
                    admitted.answer = LoginAnswer.ACCEPTED
                    shared.let_in.add(who.user)
            return exchange
    return await _send_basic(request, probe, who, terms, send)


async def _send_basic(request: Request, probe: Probe, who: ProbeAccount, terms: Terms, send: Send) -> Exchange:
    exchange = await send(request, terms.timeout_s)
    allowed = wanted_status(probe.expect)
    if exchange.status == 401 and allowed and 401 not in allowed:
        raise refused(who, probe.request, exchange)
    return exchange


async def signed(request: Request, account: str | None, terms: Terms, shared: Shared, send: Send) -> Request:
    """Return ``request`` as ``account`` sends it; raises ProbeFailedError if it cannot be signed in."""
    if account is None:
        return request
    if account not in shared.proofs:
        shared.proofs[account] = asyncio.create_task(_sign_in(account, terms, shared, send, request.check_id))
    try:
        with waiting_for(shared.waits_for(terms.accounts[account].user)):
            signed_in = await asyncio.shield(shared.proofs[account])
    except ProbeFailedError as error:
        if error.finding.blame is not Blame.ACCOUNT and not isinstance(error, LoginRefusedError):
            shared.proofs.pop(account, None)
        raise
    return replace(request, headers=signed_in.proof.on(request.headers))


async def _sign_in(account: str, terms: Terms, shared: Shared, send: Send, check_id: str) -> SignedIn:
    assert terms.login is not None, "the configuration was checked: a probe with an account needs a login"
    who = terms.accounts[account]
    door = Door(
        login=terms.login,
        address=url_of(terms.login.base, "", terms),
        headers=terms.headers,
        timeout_s=terms.timeout_s,
        send=send,
        codes=shared.codes,
        learn=shared.learn,
        waits=shared.waits_for(who.user),
    )
    if _is_basic(terms):
        return await sign_in(door, who, check_id)
    async with _admitted(who, check_id, shared) as admitted:
        signed_in = await sign_in(door, who, check_id)
        admitted.answer = LoginAnswer.ACCEPTED
    return signed_in


@asynccontextmanager
async def _admitted(who: ProbeAccount, check_id: str, shared: Shared) -> AsyncIterator[Admitted]:
    async with AsyncExitStack() as stack:
        with shared.waits_for(who.user).counting():
            admitted = await stack.enter_async_context(shared.admission(who.user, check_id))
        yield admitted


def _is_basic(terms: Terms) -> bool:
    return terms.login is not None and terms.login.basic


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
