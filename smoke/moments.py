"""When something was, in UTC, as people and programs read it. A moment is in seconds since the epoch. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def day(at: float) -> str:
    """``2026-11-21``."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def minute(at: float) -> str:
    """``2026-11-21 17:40 UTC``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def second(at: float) -> str:
    """``2026-11-21 17:40:09Z``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"


def iso(at: float) -> str:
    """``2026-11-21T17:40:09Z``, for programs: RFC 3339."""
    return second(at).replace(" ", "T")
