"""How a run ended that was sabotaged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended."""

    code: int | None
    """None: it did not, and was stopped."""
    verdict: str
    """Empty where it said none."""
    said: str
    """The reason of the verdict and all that was printed for people."""
    seconds: float
    left: tuple[str, ...]
    """Command lines of what it started and did not end."""
