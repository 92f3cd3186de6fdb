"""TOTP secrets as products show them, and the codes that they come to (RFC 6238). Pure."""

from __future__ import annotations

import base64
import binascii

from smoke.secrets.secret import Secret

WANTED = "base32: the letters A to Z and the digits 2 to 7"


def key_of(secret: Secret) -> bytes:
    """Return the key that ``secret`` writes in base32 (RFC 4648); raises ValueError, without the secret.

    Spaces, hyphens, small letters and missing padding are as good. Many products give 80 bits, so any length is.
    """
    text = "".join(secret.reveal().split()).replace("-", "").rstrip("=")
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(f"is no TOTP secret: one is {WANTED}")
    return key


def code_at(secret: Secret, now: float) -> str:
    """Return the code of six digits at ``now``, seconds since the epoch; raises ValueError for what is no secret."""
    import pyotp

    key = key_of(secret)

    class AnyLength(pyotp.TOTP):
        """As pyotp's, which takes no key below 112 bits."""

        def byte_secret(self) -> bytes:
            return key

    return AnyLength("").at(int(now))
