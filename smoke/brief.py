"""Text that is kept short for whoever takes it. Pure."""

from __future__ import annotations

LONGEST = 200


def short(said: object) -> str:
    """Return what somebody said in one short line."""
    return " ".join(str(said).split())[:LONGEST]


def cut(text: str, most: int) -> str:
    """Return ``text`` with at most ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
