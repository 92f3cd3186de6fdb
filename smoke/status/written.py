"""Figures as people read them. Pure."""

from __future__ import annotations

import math

from smoke import spans
from smoke.observation import Unit
from smoke.timeline.times import Times

FILTERS = ("span", "share", "interval", "unknown", "value")
"""Those that templates use."""
DASH = " \N{EN DASH} "


def span(seconds: float) -> str:
    """``2d 4h``: the two largest units, from minutes on; below, seconds."""
    if seconds <= -0.5:
        return f"-{span(-seconds)}"
    whole = round(seconds)
    for unit, next_unit in ((86400, 3600), (3600, 60)):
        if whole >= unit:
            return spans.written(whole // next_unit * next_unit)
    return spans.written(whole // 60 * 60 if whole >= 60 else whole)


def share(part: float) -> str:
    """``99.98 %``, rounded down: only what is whole reads as 100."""
    return f"{math.floor(part * 1e4 + 1e-7) / 100:.2f}".rstrip("0").rstrip(".") + " %"


def at_least(part: float) -> str:
    """``0.01 %``, rounded up: only what is nothing reads as 0."""
    return f"{math.ceil(part * 1e4 - 1e-7) / 100:.2f}".rstrip("0").rstrip(".") + " %"


def interval(times: Times) -> str:
    """From the worst to the best case; one figure where they are the same, ``unknown`` where nothing was seen."""
    if times.seen is None:
        return "unknown"
    worst, best = share(times.worst), share(times.best)
    return worst if worst == best else f"{worst.removesuffix(' %')}{DASH}{best}"


def unknown(times: Times) -> str:
    """The share of the counted time of which nobody knows."""
    return at_least(times.unknown / times.counted) if times.counted else at_least(0.0)


def value(number: float, unit: Unit) -> str:
    """A measurement with its unit: ``412 ms``, ``1.24 s``, ``0.013``."""
    if unit is not Unit.MS:
        return f"{number:.3g}"
    return f"{number / 1000:.3g} s" if number >= 1000 else f"{number:.0f} ms"
