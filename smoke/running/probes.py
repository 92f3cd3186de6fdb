"""The probes of a run: against its target, with its accounts, under its guard."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from smoke.accounts.broker import Broker
from smoke.answers.exchange import Exchange, Request
from smoke.calibration import Reference
from smoke.judging.blame import never_left
from smoke.judging.retry import RetryPolicy
from smoke.planning.plan import Plan
from smoke.probing import reference
from smoke.probing.account import ProbeAccount
from smoke.probing.admission import admission
from smoke.probing.asking import Shared, Terms
from smoke.probing.client import send
from smoke.probing.failing import ProbeFailedError
from smoke.probing.overheard import Overheard
from smoke.probing.runner import ProbeRunner
from smoke.probing.sending import Send
from smoke.restraint.marks import PRODUCT
from smoke.running.guard import Guard
from smoke.target import Target, origin_of


def probe_runner(
    plan: Plan,
    target: Target,
    guard: Guard,
    broker: Broker,
    run_id: str,
    learn: Callable[[str], None],
    band: float,
    overheard: Overheard,
) -> ProbeRunner:
    """Make the runner; it begins when told which probes. ``band`` is by how much its own may be stretched."""
    terms = Terms(
        base_url=target.base_url,
        timeout_s=target.timeout_ms / 1000,
        retry=RetryPolicy(),
        headers=(("User-Agent", PRODUCT),),
        urls=target.urls,
        login=plan.suite.about.login,
        accounts={
            name: ProbeAccount(user=each.user, password=each.password, totp=each.totp)
            for name, each in target.accounts.items()
        },
    )

    read = partial(reference.reading, Reference.EXCHANGE.band_ms * band)
    values: dict[str, object] = {"run": run_id, "origin": origin_of(target.base_url)}
    shared = Shared(
        values=values,
        learn=learn,
        codes=broker.codes,
        admission=admission(broker),
        calm=partial(reference.calm, read),
        reading=read,
    )
    return ProbeRunner(terms, overheard.through(guarded(guard, broker.clock.seen)), shared)


def guarded(guard: Guard, seen: Callable[[Mapping[str, str], float], None]) -> Send:
    """Return what sends the requests that ``guard`` allows, marked; ``seen`` is told the headers of each answer."""

    async def sent(request: Request, timeout_s: float) -> Exchange:
        if not guard.allows(request.check_id, request.method, request.url):
            raise ProbeFailedError(guard.refusal_of(request.check_id))
        guard.seen(request.check_id, request.method, request.url)
        try:
            exchange = await send(_marked(request, guard), timeout_s)
        except ProbeFailedError as error:
            if never_left(error.finding.rule):
                guard.unsent(request.check_id, request.method, request.url)
            raise
        headers = {name.lower(): value for name, value in exchange.headers}
        guard.answered(request.check_id, request.method, request.url, exchange.status, headers)
        seen(headers, time.time())
        return exchange

    return sent


def _marked(request: Request, guard: Guard) -> Request:
    headers = (*request.headers, *guard.marks(request.check_id).items())
    if guard.cookies:
        own = next((value for name, value in headers if name.lower() == "cookie"), None)
        steering = "; ".join(f"{name}={value}" for name, value in guard.cookies.items())
        cookie = ("Cookie", f"{own}; {steering}" if own else steering)
        headers = (*(each for each in headers if each[0].lower() != "cookie"), cookie)
    return replace(request, headers=headers)
