"""Password hashing with scrypt (RFC 7914)."""

from __future__ import annotations

import base64
import hashlib
import secrets

_COST = 2**14
"""Parameter N: about 70 ms a hash, which a login may take and a guesser feels."""
_MAX_LENGTH = 1024


def hash_password(password: str) -> str:
    """Salt and digest in one string, for ``verify``."""
    salt = secrets.token_bytes(16)
    return f"{_encode(salt)}${_encode(_digest(password, salt))}"


def verify(password: str, stored: str) -> bool:
    """Whether ``stored`` was made from this password; takes equally long for a wrong one."""
    salt, digest = (base64.b64decode(part) for part in stored.split("$"))
    return secrets.compare_digest(_digest(password[:_MAX_LENGTH], salt), digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=8, p=1, maxmem=2**26, dklen=32)


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
