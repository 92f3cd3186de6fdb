"""How long the past is kept."""

from __future__ import annotations

from collections.abc import Mapping

from smoke.spans import seconds

VARIABLE = "SMOKE_HISTORY_KEEP"
USUAL = "400d"
"""A year, and a month to look at it."""


def keep_s(environ: Mapping[str, str]) -> float | None:
    """Return the seconds that SMOKE_HISTORY_KEEP says, None where it says nothing: for ever. Raises ValueError."""
    text = environ.get(VARIABLE, "").strip()
    return positive(text) if text else None


def positive(text: str) -> float:
    """Return a time that is not none at all, in seconds; raises ValueError."""
    if (span := seconds(text)) <= 0:
        raise ValueError(f"is a time to keep things for, such as {USUAL}; got {text!r}")
    return span
