"""Moments as people and programs read them, in UTC, from seconds since the epoch. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def minute(at: float) -> str:
    """``2026-11-21 17:40 UTC``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def second(at: float) -> str:
    """``2026-11-21 17:40:12Z``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%SZ}"


def iso(at: float) -> str:
    """``2026-11-21T17:40:12Z``, for programs: RFC 3339."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(at: float) -> str:
    """``2026-11-21``."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()
