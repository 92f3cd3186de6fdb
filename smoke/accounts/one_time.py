"""TOTP codes (RFC 6238), each used at most once: a server refuses the second use (RFC 6238, 5.2)."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from smoke.accounts.clock import Clock
from smoke.accounts.ledger import Ledger, ledger_memory
from smoke.secrets.secret import Secret
from smoke.secrets.totp import code_at

WORTH_TELLING_S = 1.0


def wait_in_vain(seconds: float) -> None:
    """Wait for time to pass, which no effect tells of."""
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class OneTimeCodes:
    """Codes of the accounts of one target, by the target's clock; by default each is used once in this process."""

    ledger: Ledger = field(default_factory=lambda: Ledger(ledger_memory(), ""))
    clock: Clock = field(default_factory=Clock)
    wait: Callable[[float], None] = wait_in_vain
    """Waits so many seconds; raises where that is too long."""
    tell: Callable[[str], None] = lambda _line: None
    """Told in one line what is waited for, and how long at most."""

    def fresh(self, user: str, secret: Secret) -> str:
        """Return a code of ``user`` that nobody used, waiting for the next time step where there is none yet."""
        while (wait := self.ledger.claim_step(user, now := time.time() + self.clock.skew_s)) > 0:
            if wait >= WORTH_TELLING_S:
                self.tell(f"waiting up to {math.ceil(wait)} s for a fresh code of {user}")
            self.wait(wait)
        return code_at(secret, now)
