"""How long the past is kept."""

from __future__ import annotations

from collections.abc import Mapping

from smoke.spans import some

VARIABLE = "SMOKE_HISTORY_KEEP"
USUAL = "400d"
"""A year, and a month to look at it."""


def keep_s(environ: Mapping[str, str]) -> float | None:
    """Return the seconds that SMOKE_HISTORY_KEEP says, None where it says nothing: for ever. Raises ValueError."""
    text = environ.get(VARIABLE, "").strip()
    return some(text) if text else None
