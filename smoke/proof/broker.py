"""The broker of a drill: nobody really signs in, so nobody waits for an account, and no code is used up."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from smoke.accounts.broker import Broker
from smoke.accounts.ledger import Ledger, Tenant, ledger_memory
from smoke.accounts.one_time import OneTimeCodes
from smoke.accounts.pacing import LoginAnswer
from smoke.secrets.secret import Secret
from smoke.secrets.totp import code_at

LONGEST_S = 3600.0
"""After which a drill is stopped."""


@dataclass(frozen=True, slots=True)
class AnyCode(OneTimeCodes):
    """Gives the code of this moment, however often."""

    def fresh(self, user: str, secret: Secret) -> str:  # noqa: ARG002 - as its base says
        """Return the code of ``secret`` for now."""
        return code_at(secret, time.time())


@dataclass(slots=True, kw_only=True)
class OpenBroker(Broker):
    """Gives every account to everybody at once."""

    def __post_init__(self) -> None:
        self.codes = AnyCode()

    @contextmanager
    def lease(self, user: str) -> Iterator[None]:  # noqa: ARG002
        """Keep nobody out."""
        yield

    def prepare(self) -> None:
        """Take nothing."""

    def before_login(self, user: str) -> None:
        """Wait for nothing."""

    def after_login(self, user: str, check_id: str, answer: LoginAnswer, told: str, wait_s: float = 0.0) -> None:
        """Keep nothing: no account was tried."""

    def no_login(self, user: str) -> None:
        """Keep nothing."""


def open_broker(run_id: str) -> OpenBroker:
    """Return a broker that never waits."""
    now = time.time()
    tenant = Tenant(run_id=run_id, host="", pid=os.getpid(), since=now, due=now + LONGEST_S)
    return OpenBroker(ledger=Ledger(ledger_memory(), ""), tenant=tenant, ends=time.monotonic() + LONGEST_S)
