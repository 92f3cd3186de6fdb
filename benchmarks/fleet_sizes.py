"""What docs/scale.md reckons with: measured by `make bench-footprint`, documented by platforms, or assumed."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.fleet import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What one run needs, measured on 2026-11-21 on two cores of a shared host on which much else ran.

    CPU and memory are therefore upper bounds, and times are those of docs/performance.md and of a quiet minute.
    """

    title: str
    run: Spread
    """From the start of the program to its end; that one in twenty takes half as long again is assumed."""
    cpu_s: float
    """Of all its processes."""
    memory_mb: float
    """The most that all of them held at once."""
    series: int
    """Metrics that it sends."""
    rows: int
    """Of the history."""
    sqlite_bytes: int
    postgres_bytes: int
    """With indexes."""
    lambda_mb: int
    """What a function would be given (assumed for probes; deploy/lambda says it for journeys)."""
    places: int
    """How many runs the machines of the simulation have room for, where that is limited."""


PROBES = Size(
    title="probes only",
    run=Spread(1.4, 2.1),
    cpu_s=1.2,
    memory_mb=51,
    series=20,
    rows=34,
    sqlite_bytes=6607,
    postgres_bytes=11395,
    lambda_mb=1769,
    places=500,
)
"""Four probes: `smoke run scheduled --suite deltacrown --check uptime`."""
JOURNEYS = Size(
    title="with journeys",
    run=Spread(5.5, 8.3),
    cpu_s=11.3,
    memory_mb=396,
    series=61,
    rows=79,
    sqlite_bytes=13369,
    postgres_bytes=23847,
    lambda_mb=3008,
    places=2000,
)
"""Eleven checks, of which seven in the browser: `smoke run --suite betterprompts`."""

RULES_CPU_S = 0.6
"""To judge the rules after a run, with a week of a run every minute to look back on."""
LOCKED_ROUND_TRIPS = 17
"""How many a run makes while no other run of the same database may write."""

DRIFT = Spread(1.0, 3.0)
"""Assumed: from a start to its container, the image being there."""
COLD, COLD_S = 0.02, Spread(8.0, 20.0)
"""Assumed: one container in fifty comes to a machine without the image."""
HANGS = 0.001
"""Assumed: one run in a thousand hangs until its time-out."""
TIMEOUT_S = 120.0
"""Of the point ``scheduled`` (config/execution-points.yaml)."""
CONTROLLER_PER_S = 20.0
"""Requests that kube-controller-manager makes in a second by default (--kube-api-qps): at most so many starts."""
GITHUB_INTERVAL_S, GITHUB_JOBS = 300.0, 500
"""The shortest schedule there is, and the most jobs at once of the largest plan."""
GITHUB_SET_UP_S = Spread(20.0, 40.0)
"""Assumed: checkout, Python and browsers from a cache."""
ROUND_TRIP_S = 0.001
"""Assumed: to a database in the same region."""
HEADROOM = 0.7
"""Assumed: how busy processors may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """List prices in US dollars of 2026-11, not looked up with the vendors: assumptions, each to be checked."""

    github_minute: float = 0.008
    """A started minute of a job on a two-core Linux runner."""
    lambda_gb_s: float = 0.0000166667
    """A gigabyte for a second, x86."""
    lambda_million: float = 0.20
    """A million invocations."""
    vcpu_hour: float = 0.04
    """A processor of a machine of one's own, with the memory that comes with it."""
    storage_gb_month: float = 0.115
    """A gigabyte of a managed PostgreSQL."""
    metrics_100: float = 5.0
    """A hundred custom metrics for a month at Datadog."""
