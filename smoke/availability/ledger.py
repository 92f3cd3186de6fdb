"""The schedule against what was started: slots, who answered them, and how late. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from smoke.availability.figures import Slots
from smoke.config.cron_schedule import Schedule
from smoke.percentiles import percentile
from smoke.timeline.states import LATE


def kept_to(
    schedules: Iterable[Schedule],
    regions: Collection[str],
    starts: Iterable[tuple[str, float]],
    since: float,
    until: float,
) -> Slots:
    """Return how well ``schedules`` were kept to in ``regions`` between ``since`` and ``until``.

    ``starts`` are the moments at which runs began, each with its region, in any order and repeated at will. A run
    answers the latest slot before it; the first to answer counts. A slot is missed when half an interval has passed
    without an answer.
    """
    by_region: dict[str, set[float]] = {}
    for region, start in starts:
        by_region.setdefault(region, set()).add(start)
    drifts, missed = list[float](), 0
    for schedule in schedules:
        slots, overdue = schedule.slots(since, until), until - LATE * schedule.pace
        for region in (each for each in schedule.regions if each in regions):
            found = answers(slots, by_region.get(region, ()), schedule.early)
            drifts += (start - slot for slot, start in found.items())
            missed += sum(1 for slot in slots if slot not in found and slot < overdue)
    drifts.sort()
    p50, p95 = (percentile(drifts, percent) if drifts else None for percent in (50, 95))
    return Slots(expected=len(drifts) + missed, missed=missed, drift_p50=p50, drift_p95=p95)


def answers(slots: Sequence[float], starts: Iterable[float], early: float) -> dict[float, float]:
    """Return the first start that answers each of ``slots``, which rise, where there is one."""
    found: dict[float, float] = {}
    for start in sorted(starts):
        if (index := bisect_right(slots, start + early)) > 0:
            found.setdefault(slots[index - 1], start)
    return found
