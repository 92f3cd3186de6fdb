"""Lengths of time and shares, as people write them on a command line. Pure."""

from __future__ import annotations

import re

UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


def seconds(text: str) -> float:
    """Read ``90s``, ``5m``, ``1h30m`` or ``30d`` as seconds; raises ValueError."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdw])", text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        raise ValueError(f"is a length of time such as 90s, 5m, 1h30m or 30d; got {text!r}")
    return sum(float(number) * UNITS_S[unit] for number, unit in parts)


def share(text: str) -> float:
    """Read ``1%`` or ``0.01`` as a share above 0, up to 1; raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)", text.strip())
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value <= 1:
        raise ValueError(f"is a share such as 1% or 0.01; got {text!r}")
    return value
