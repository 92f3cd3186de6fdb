"""Deployment frequency, lead time, change failure rate and time to restore, each with its sample size. Pure.

Definitions: DORA, State of DevOps; the bands of the change failure rate are those of seed 004 (0-15 %, 16-30 %,
31-45 %, above), the others those of the 2019 to 2021 reports.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smoke.dora.deployment import Deployment
from smoke.percentiles import percentile

HOUR_S, DAY_S, WEEK_S, MONTH_S = 3600.0, 86_400.0, 604_800.0, 2_592_000.0


class Band(StrEnum):
    """How a figure compares with the industry."""

    ELITE = "Elite"
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"
    UNKNOWN = "Unknown"
    """There is nothing to measure by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How often something reached production."""

    deployments: int
    per_week: float
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long something takes, in seconds."""

    samples: int
    mean_s: float | None
    """None without samples, as the next."""
    p95_s: float | None
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A deployment that failed, and what came after it."""

    deployment: Deployment
    restored_by: Deployment | None
    """The first good one after it, a rollback too; None: there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRate:
    """Deployments that had to be mended, rolled back or fixed by hand."""

    deployments: int
    failures: tuple[Failure, ...]
    share: float | None
    """None without deployments."""
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """From a failed deployment to service as before."""

    times: Times
    open: int
    """Failures after which nothing good has been deployed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourKeys:
    """All four, from ``since`` to ``until`` in seconds since the epoch."""

    since: float
    until: float
    frequency: Frequency
    lead_time: Times
    failure_rate: FailureRate
    restore: Restore


def four_keys(deployments: Sequence[Deployment], since: float, until: float) -> FourKeys:
    """Compute the four keys of one environment from its deployments, in any order; ``since`` is before ``until``.

    What was restored within the period counts even if it failed before.
    """
    ordered = sorted(deployments, key=lambda each: each.at)
    forward = [each for each in ordered if since <= each.at < until and not each.is_rollback]
    return FourKeys(
        since=since,
        until=until,
        frequency=_frequency(len(forward), until - since),
        lead_time=_times([each.at - each.committed_at for each in forward if each.committed_at is not None], _LEAD),
        failure_rate=_failure_rate(forward, [each for each in ordered if each.at < until]),
        restore=_restore(ordered, since, until),
    )


def _frequency(count: int, period_s: float) -> Frequency:
    every_s = period_s / count if count else math.inf
    limits = ((DAY_S, Band.ELITE), (WEEK_S, Band.HIGH), (MONTH_S, Band.MEDIUM))
    band = next((band for limit, band in limits if every_s <= limit), Band.LOW)
    return Frequency(deployments=count, per_week=count * WEEK_S / period_s, band=band if count else Band.UNKNOWN)


_LEAD = ((HOUR_S, Band.ELITE), (WEEK_S, Band.HIGH), (MONTH_S, Band.MEDIUM))
_RESTORE = ((HOUR_S, Band.ELITE), (DAY_S, Band.HIGH), (WEEK_S, Band.MEDIUM))


def _times(seconds: Sequence[float], limits: Sequence[tuple[float, Band]]) -> Times:
    if not seconds:
        return Times(samples=0, mean_s=None, p95_s=None, band=Band.UNKNOWN)
    mean = statistics.fmean(seconds)
    band = next((band for limit, band in limits if mean < limit), Band.LOW)
    return Times(samples=len(seconds), mean_s=mean, p95_s=percentile(sorted(seconds), 95), band=band)


def _failure_rate(forward: Sequence[Deployment], ordered: Sequence[Deployment]) -> FailureRate:
    failures = tuple(
        Failure(deployment=each, restored_by=_first_good(ordered, noticed_at(each)))
        for each in forward
        if not each.success
    )
    if not forward:
        return FailureRate(deployments=0, failures=(), share=None, band=Band.UNKNOWN)
    share = len(failures) / len(forward)
    # Rounded as the bands are written: between 15 and 16 % lies nothing.
    limits = ((15, Band.ELITE), (30, Band.HIGH), (45, Band.MEDIUM))
    band = next((band for limit, band in limits if round(100 * share) <= limit), Band.LOW)
    return FailureRate(deployments=len(forward), failures=failures, share=share, band=band)


def noticed_at(failed: Deployment) -> float:
    """Return when a failure was noticed: by its own gate, unless it is said otherwise."""
    return failed.at if failed.detected_at is None else failed.detected_at


def _first_good(ordered: Sequence[Deployment], since: float) -> Deployment | None:
    return next((each for each in ordered if each.success and each.at >= since), None)


def _restore(ordered: Sequence[Deployment], since: float, until: float) -> Restore:
    outages = list(_outages([each for each in ordered if each.at < until]))
    ended = [good - failed for failed, good in outages if good is not None and good >= since]
    still = sum(good is None for _, good in outages)
    return Restore(times=_times(ended, _RESTORE), open=still)


def _outages(ordered: Sequence[Deployment]) -> Iterator[tuple[float, float | None]]:
    """Yield from when to when service was broken by deployments; None: it still is."""
    failed_at: float | None = None
    for each in ordered:
        if each.success and failed_at is not None and each.at >= failed_at:
            yield failed_at, each.at
            failed_at = None
        elif not each.success and failed_at is None:
            failed_at = noticed_at(each)
    if failed_at is not None:
        yield failed_at, None
