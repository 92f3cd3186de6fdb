"""TOTP codes (RFC 6238), each used at most once: a server refuses the second use (RFC 6238, 5.2)."""

from __future__ import annotations

import threading
import time

from smoke.secret import Secret

STEP_S = 30
SAFE_S = 3.0
"""Under this many seconds before the step ends, a code may be late when it arrives."""


def wait_for_step(now: float, last_step: int | None) -> float:
    """Return the seconds to wait at ``now`` until a time step begins that is fresh and has time left. Pure."""
    step, left = int(now // STEP_S), STEP_S - now % STEP_S
    used = last_step is not None and step <= last_step
    return left if used or left < SAFE_S else 0.0


class OneTimeCodes:
    """Remembers which time step of each account was used."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def fresh(self, account: str, secret: Secret) -> str:
        """Return a code of ``account`` that nobody used, waiting for the next step where there is none yet."""
        import pyotp

        while (wait := wait_for_step(time.time(), self._used.get(account))) > 0:
            threading.Event().wait(wait)
        now = time.time()
        self._used[account] = int(now // STEP_S)
        return pyotp.TOTP(secret.reveal()).at(int(now))
