"""Tells whether two passwords are the same without keeping either. Pure."""

from __future__ import annotations

import hashlib
import hmac

from smoke.secrets.secret import Secret

KEPT_DIGITS = 4
"""Of its hexadecimal digits: one password in 65,536 has the same, so what is kept finds no password out."""


def fingerprint(password: Secret, salt: str) -> str:
    """Return what may be kept of ``password``: HMAC-SHA-256 with ``salt``, cut off."""
    return hmac.new(salt.encode(), password.reveal().encode(), hashlib.sha256).hexdigest()[:KEPT_DIGITS]
