"""Opens the broker of one run."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from smoke.accounts.broker import Broker
from smoke.accounts.ledger import Ledger, Tenant, ledger_memory, ledger_store
from smoke.secrets.secret import Secret

AFTER_S = 60.0
"""How long a run may still hold its accounts when its time is over."""


@contextmanager
def open_broker(
    *,
    origin: str,
    users: tuple[str, ...],
    run_id: str,
    left_s: float,
    path: Path | None,
    url: Secret | None = None,
    passwords: Mapping[str, Secret] | None = None,
) -> Iterator[Broker]:
    """Yield the broker of the accounts ``users`` of the target at ``origin``, and close it.

    The run ends in ``left_s`` seconds. ``path`` is that of the ledger; None: these accounts are new and nobody else's,
    and nothing is kept of them. ``url`` is that of a database in its place, for several machines. ``passwords`` are
    those of this run, by user.
    """
    now = time.time()
    tenant = Tenant(run_id=run_id, host=socket.gethostname(), pid=os.getpid(), since=now, due=now + left_s + AFTER_S)
    broker = Broker(
        ledger=Ledger(ledger_store(path, url) if path else ledger_memory(), origin),
        tenant=tenant,
        users=users,
        passwords=passwords or {},
        folder=path.parent if path else None,
        ends=time.monotonic() + left_s,
    )
    try:
        yield broker
    finally:
        broker.close()
