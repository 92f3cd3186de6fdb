"""How the page of a bad check stands: kept beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whose page it is, and whether its check recovered."""

    suite: str
    environment: str
    region: str
    check: str
    run_id: str
    outcome: str
    failed: float
    """Seconds since the epoch, as every time here."""
    recovered: float | None = None
    sentence: str = ""
    """What the page says first; empty on those of earlier versions, as is ``blame``."""
    blame: str | None = None
