"""The headers by which a receiver knows a message, and its sender. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac

from smoke.channels.registry import ChannelError

PREFIX = "whsec_"
SHORTEST = 24
"""Bytes of a secret, as standardwebhooks.com asks for."""


def signed(key: str, body: bytes, secret: str, now: float, *, variable: str) -> dict[str, str]:
    """Return the headers of Standard Webhooks 1.0, and the idempotency key by its usual name.

    Raises ChannelError, which names ``variable``, where the secret is none.
    """
    at = str(int(now))
    to_sign = b".".join([key.encode(), at.encode(), body])
    signature = base64.b64encode(hmac.digest(_bytes(secret, variable), to_sign, "sha256")).decode()
    return {
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{signature}",
    }


def _bytes(secret: str, variable: str) -> bytes:
    try:
        found = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        found = b""
    if not secret.startswith(PREFIX) or len(found) < SHORTEST:
        raise ChannelError(
            f"{variable} is no secret of a webhook: {PREFIX} and at least {SHORTEST} bytes in base64,"
            f' such as "{PREFIX}$(openssl rand -base64 32)"'
        )
    return found
