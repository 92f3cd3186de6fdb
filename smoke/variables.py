"""Environment variables that something cannot do without. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEXADECIMAL = "[0-9a-f]"
ADDRESS = r"https?://[^\s/]+\S*"


def not_set(needed: Iterable[str], environ: Mapping[str, str]) -> str | None:
    """Say which of ``needed`` are empty or missing, as in ``A and B are not set``; None if none is."""
    missing = [name for name in needed if not environ.get(name, "").strip()]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set" if missing else None


@dataclass(frozen=True, slots=True)
class Shape:
    """What the value of an environment variable looks like."""

    variable: str
    pattern: str
    """A regular expression of the whole value, whatever its case."""
    told: str
    """The same for people, such as ``32 hexadecimal digits``."""


def misshapen(shapes: Iterable[Shape], environ: Mapping[str, str]) -> tuple[Shape, ...]:
    """Return those of ``shapes`` that a value which is set does not have."""
    said = ((each, environ.get(each.variable, "").strip()) for each in shapes)
    return tuple(each for each, value in said if value and not re.fullmatch(each.pattern, value, re.IGNORECASE))
