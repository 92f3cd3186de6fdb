"""What is said of a name that nobody knows, and the way out. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown(kind: str, name: str, names: Iterable[str]) -> str:
    """Say that no ``kind`` of thing has this name, and which of ``names`` was probably meant."""
    return f"unknown {kind} {name!r}; {known(name, names)}"


def known(name: str, names: Iterable[str]) -> str:
    """Say which of ``names`` was probably meant by ``name``, or all of them."""
    every = list(dict.fromkeys(names))
    close = difflib.get_close_matches(name, every, 1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(every) or 'none'}"
