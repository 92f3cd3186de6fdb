"""Percentiles by nearest rank: each is a value that was really seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the percentile of values in ascending order, of which there is at least one."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
