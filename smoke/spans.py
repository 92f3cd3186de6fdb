"""How long something is, as people write it (``5m``, ``10 minutes``, ``1h30m``, ``7 days``), and how much (``1%``)."""

from __future__ import annotations

import re

A_DAY = 86_400.0
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
WORDS = r"(?:s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)"
PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({WORDS})(?![a-z])")
WHOLE = re.compile(rf"(?:\s*\d+(?:\.\d+)?\s*{WORDS}(?![a-z]))+\s*")
A_SPAN = "a time is a number with s, m, h, d or w, such as 10m, 1h30m or 7 days"


def seconds(text: str) -> float:
    """Return the seconds that ``text`` says; raises ValueError."""
    if not WHOLE.fullmatch(text):
        raise ValueError(f"{A_SPAN}; got {text!r}")
    return sum(float(number) * SECONDS[unit[0]] for number, unit in PART.findall(text))


def some(text: str) -> float:
    """Do the same with a time that must not be none at all."""
    if not (span := seconds(text)):
        raise ValueError(f"is a time longer than none, such as 10m or 7d; got {text!r}")
    return span


def written(span: float) -> str:
    """Write ``span`` seconds for people: ``1h30m``; what is below a second is rounded."""
    left, parts = round(span), []
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def share(text: str) -> float:
    """Return the share that ``1%`` or ``0.01`` says, above 0 and up to 1; raises ValueError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*", text)
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value <= 1:
        raise ValueError(f"a share is such as 1% or 0.01; got {text!r}")
    return value
