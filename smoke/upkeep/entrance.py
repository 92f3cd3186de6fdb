"""Signs accounts of one target in, one after the other, and asks as them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from smoke.accounts.broker import Broker
from smoke.accounts.ledger import ledger_path
from smoke.accounts.opening import open_broker
from smoke.accounts.pacing import LoginAnswer
from smoke.answers.exchange import Exchange, Request
from smoke.probing.account import ProbeAccount
from smoke.probing.admission import as_findings
from smoke.probing.client import send
from smoke.probing.failing import ProbeFailedError
from smoke.probing.refusing import answer_of, wait_of
from smoke.probing.sign_in import Door, SignedIn, sign_in
from smoke.probing.signing import Authorization
from smoke.restraint.marks import PRODUCT, marks
from smoke.secrets.secret import Secret
from smoke.settings import Settings
from smoke.storage.url import database_url
from smoke.target import Credentials, Target, origin_of
from smoke.upkeep.planned import Meant

LEFT_S = 1800.0
"""Longest that a command may keep accounts from other runs."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way into one target. Nothing here is ever sent twice; every login is noted where other runs see it."""

    door: Door
    broker: Broker

    @contextmanager
    def admitted(self, account: Credentials) -> Iterator[None]:
        """Keep ``account`` from other runs, once it may sign in.

        Raises ProbeFailedError if another run holds it, or if it was refused too often lately.
        """
        with self._held(account):
            with as_findings():
                self.broker.before_login(account.user)
            yield

    @contextmanager
    def _held(self, account: Credentials) -> Iterator[None]:
        lease = self.broker.lease(account.user)
        with as_findings():
            lease.__enter__()
        try:
            yield
        finally:
            lease.__exit__(None, None, None)

    def enter(self, account: Credentials, password: Secret) -> SignedIn:
        """Sign in with ``password``; raises ProbeFailedError if it is refused or no answer came."""
        who = ProbeAccount(user=account.user, password=password, totp=account.totp)
        answer, told, wait_s = LoginAnswer.UNKNOWN, "no answer that says", 0.0
        try:
            with as_findings():
                signed_in = asyncio.run(sign_in(self.door, who, _id(account)))
            answer = LoginAnswer.ACCEPTED
        except ProbeFailedError as error:
            answer, told, wait_s = answer_of(error), error.finding.rule, wait_of(error)
            raise
        finally:
            with as_findings():
                self.broker.after_login(account.user, _id(account), answer, told, wait_s)
        return signed_in

    def ask(self, request: str, account: Credentials, proof: Authorization, content: Any = None) -> Exchange:
        """Send ``METHOD /path`` as ``account``; raises ProbeFailedError if no whole answer came."""
        asked = self.door.request(request, _id(account), content)
        return asyncio.run(_sent(self.door, replace(asked, headers=proof.on(asked.headers))))


async def _sent(door: Door, request: Request) -> Exchange:
    return await door.send(request, door.timeout_s)


def _id(account: Credentials) -> str:
    return f"accounts.{account.name}"


@contextmanager
def open_entrance(meant: Meant, target: Target, settings: Settings, learn: Callable[[str], None]) -> Iterator[Entrance]:
    """Yield the way into ``target``; ``learn`` is told every token."""
    address = target.urls[meant.login.base] if meant.login.base else target.base_url
    run_id = f"accounts-{uuid.uuid4().hex[:8]}"
    with open_broker(
        origin=origin_of(address),
        users=tuple(account.user for account in target.accounts.values()),
        passwords={account.user: account.password for account in target.accounts.values()},
        run_id=run_id,
        left_s=LEFT_S,
        path=None if meant.embedded else ledger_path(settings.environ),
        url=database_url(settings.environ),
    ) as broker:

        async def sent(request: Request, timeout_s: float) -> Exchange:
            exchange = await send(request, timeout_s)
            broker.clock.seen({name.lower(): value for name, value in exchange.headers}, time.time())
            return exchange

        yield Entrance(
            Door(
                login=meant.login,
                address=address,
                headers=(("User-Agent", PRODUCT), *marks(run_id, "accounts").items()),
                timeout_s=target.timeout_ms / 1000,
                send=sent,
                codes=broker.codes,
                learn=learn,
            ),
            broker,
        )
