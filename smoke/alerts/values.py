"""Numbers over looks: what each measure computes. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from smoke.config.alerts.condition import Measure
from smoke.percentiles import percentile


def over(measure: Measure, taken: Sequence[float]) -> float:
    """Return a measure of single values, of which there is at least one; the percentile is by nearest rank."""
    match measure:
        case Measure.MEAN | Measure.ERROR_RATE | Measure.SUCCESS_RATE:
            return statistics.fmean(taken)
        case Measure.MEDIAN:
            return statistics.median(taken)
        case Measure.P95:
            return percentile(sorted(taken), 95)
        case Measure.MAX:
            return max(taken)
        case Measure.MIN:
            return min(taken)
        case _:
            raise ValueError(f"{measure} is not computed from single values")


def streak(bad: Sequence[bool]) -> int:
    """Return how many at the end are bad, in a row."""
    return next((count for count, each in enumerate(reversed(bad)) if not each), len(bad))
