"""Exclusive use of an account: by a lock of the kernel on one machine, by the ledger between machines."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.accounts.ledger import Ledger, Tenant
from smoke.host import file_lock

LOOK_AGAIN_S = 0.1
"""Between two looks at a lock that somebody holds: no kernel tells across machines when it is free."""
FOLDER = "leases"


class Leases:
    """The accounts that one run holds; not for several threads at once."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        tenant: Tenant,
        wait: Callable[[float], None],
        tell: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._folder = folder / FOLDER
        self._tenant = tenant
        self._wait = wait
        self._tell = tell
        self._held: dict[str, int] = {}
        """Users, with the descriptor of their lock."""

    def take(self, user: str, until: float) -> None:
        """Hold ``user`` from now on, waiting for it until the monotonic time ``until``.

        Raises:
            AccountUnavailableError: Another run holds it; says which, and since when.
            LedgerError: Nobody can say.
        """
        descriptor, told_of = self._open(user), False
        try:
            while (holder := self._try(user, descriptor)) is not None:
                if time.monotonic() + LOOK_AGAIN_S > until:
                    raise AccountUnavailableError(f"account {user} is free, but {told(holder)}")
                if not told_of:
                    left = math.ceil(until - time.monotonic())
                    self._tell(f"waiting up to {left} s for the account {user}: {told(holder)}")
                    told_of = True
                self._wait(LOOK_AGAIN_S)
        except BaseException:
            os.close(descriptor)
            raise
        self._held[user] = descriptor

    def give_back(self) -> None:
        """End every lease; raises LedgerError where other machines could not be told."""
        held, self._held = self._held, {}
        try:
            for user in held:
                self._ledger.give_back(user, self._tenant.run_id)
        finally:
            for descriptor in held.values():
                os.close(descriptor)

    def _open(self, user: str) -> int:
        name = hashlib.sha256(f"{self._ledger.origin}\n{user}".encode()).hexdigest()[:32]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise LedgerError(f"{self._folder}: {error}; name a folder that can be written in SMOKE_STATE") from error

    def _try(self, user: str, descriptor: int) -> Tenant | str | None:
        """Take ``user`` if it is free and return None, else who holds it."""
        if not self._locked(descriptor):
            return self._ledger.holder(user) or "another run of this machine"
        holder = self._ledger.take(user, self._tenant, time.time())
        if holder is not None:
            file_lock.give_back(descriptor)
        return holder

    def _locked(self, descriptor: int) -> bool:
        try:
            return file_lock.take(descriptor)
        except OSError as error:
            raise LedgerError(f"{self._folder}: {error}; name a folder that can be locked in SMOKE_STATE") from error


def told(holder: Tenant | str) -> str:
    """Say who holds an account, since when and how long at most."""
    if isinstance(holder, str):
        return f"{holder} holds it"
    since, due = (datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S") for at in (holder.since, holder.due))
    where = f"process {holder.pid} on {holder.host}"
    return f"run {holder.run_id} ({where}) has held it since {since} UTC, until {due} at the latest"
