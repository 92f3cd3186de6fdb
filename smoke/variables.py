"""Environment variables that something cannot do without. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def not_set(needed: Iterable[str], environ: Mapping[str, str]) -> str | None:
    """Say which of ``needed`` are empty or missing, as in ``A and B are not set``; None if none is."""
    missing = [name for name in needed if not environ.get(name, "").strip()]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set" if missing else None
