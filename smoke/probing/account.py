"""What a probe signs in with."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.secrets.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAccount:
    """What a probe signs in with."""

    user: str
    password: Secret
    totp: Secret | None = None
    """None: it has no second factor."""
