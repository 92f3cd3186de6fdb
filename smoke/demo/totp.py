"""Time-based one-time passwords (RFC 6238) on HMAC-SHA-1 (RFC 4226): six digits, steps of 30 seconds."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct

STEP_S = 30
_DIGITS = 6
_WINDOW = 1
"""Steps before and after the current one that are accepted too (RFC 6238, section 5.2)."""


def new_secret() -> str:
    """160 random bits in base32, as an authenticator application takes them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a time step, counted from the epoch."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The time step near ``now`` (seconds since the epoch) whose code this is, or None."""
    current = int(now) // STEP_S
    for step in range(current - _WINDOW, current + _WINDOW + 1):
        if secrets.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None
