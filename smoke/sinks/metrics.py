"""From a judged run to metrics: which numbers leave the house, under which name and tags. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from smoke.judging.judged import CheckResult, Run
from smoke.model import Category, CheckKind, Outcome
from smoke.observation import Unit

TAG_KEYS = ("browser", "category", "check", "env", "execution_point", "region", "suite")
"""The only tags there are: a run id, an address or anything else without bounds costs money and tells nothing."""
LONGEST_TAG = 200
UP = "smoke_test.up"
"""The service check, for services that know such: one for each suite, environment, region and execution point."""

_VITALS = {"ttfb_ms": "ttfb", "fcp_ms": "fcp", "lcp_ms": "lcp", "cls": "cls"}


class Kind(StrEnum):
    """GAUGE: a level at a moment. COUNT: so many happened since the last point."""

    GAUGE = "gauge"
    COUNT = "count"


class MetricName(StrEnum):
    """Every metric that is ever sent."""

    DURATION = "smoke_test.duration"
    SUCCESS = "smoke_test.success"
    HEARTBEAT = "smoke_test.heartbeat"
    HOMEPAGE_LOAD = "smoke_test.homepage_load"
    API_RESPONSE = "smoke_test.api_response"
    CHECK_SUCCESS = "smoke_test.check.success"
    CHECK_DURATION = "smoke_test.check.duration"
    STEP_DURATION = "smoke_test.step.duration"
    TTFB = "smoke_test.web_vital.ttfb"
    FCP = "smoke_test.web_vital.fcp"
    LCP = "smoke_test.web_vital.lcp"
    CLS = "smoke_test.web_vital.cls"
    DB_QUERY = "smoke_test.db_query"
    CACHE_HIT_RATE = "smoke_test.cache_hit_rate"
    ERROR_RATE = "smoke_test.error_rate"
    QUEUE_DEPTH = "smoke_test.queue_depth"
    TLS_DAYS_LEFT = "smoke_test.tls_days_left"
    DETECTION_RATE = "smoke_test.proof.detection_rate"

    @property
    def kind(self) -> Kind:
        """Only the heartbeat counts: one for every run that came to an end."""
        return Kind.COUNT if self is MetricName.HEARTBEAT else Kind.GAUGE

    @property
    def unit(self) -> Unit:
        """Unit of its values; a success is a ratio of 0 or 1, so that its average is the success rate."""
        match self:
            case MetricName.SUCCESS | MetricName.CHECK_SUCCESS:
                return Unit.RATIO
            case MetricName.CACHE_HIT_RATE | MetricName.ERROR_RATE | MetricName.DETECTION_RATE:
                return Unit.RATIO
            case MetricName.CLS | MetricName.QUEUE_DEPTH:  # COUNT is of runs
                return Unit.SCORE
            case MetricName.TLS_DAYS_LEFT:
                return Unit.DAYS
            case MetricName.HEARTBEAT:
                return Unit.COUNT
            case (
                MetricName.DURATION | MetricName.HOMEPAGE_LOAD | MetricName.API_RESPONSE | MetricName.CHECK_DURATION
                | MetricName.STEP_DURATION | MetricName.TTFB | MetricName.FCP | MetricName.LCP | MetricName.DB_QUERY
            ):  # fmt: skip
                return Unit.MS
            case _:
                assert_never(self)

    def worst(self, values: list[float]) -> float:
        """The value to send where one check took several: the largest; of what should be high, the smallest."""
        return min(values) if self in {MetricName.CACHE_HIT_RATE, MetricName.TLS_DAYS_LEFT} else max(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One point of one series."""

    name: MetricName
    kind: Kind
    value: float
    """Finite and not negative; a ratio is at most 1."""
    unit: Unit
    tags: tuple[str, ...]
    """``key:value``, sorted; keys from TAG_KEYS."""
    timestamp: int
    """Seconds since the epoch: the end of the run."""


def metrics_of(run: Run) -> tuple[Metric, ...]:
    """Return the metrics of ``run``, at most one point for each name and set of tags.

    What was not observed is left out, and so is everything about an outcome that could not be judged: an INCONCLUSIVE
    run sends its heartbeat and its duration only, and can neither read as a success nor as a failure or slowness
    of the application.
    """
    common = (
        ("suite", run.suite),
        ("env", run.environment),
        ("region", run.region),
        ("execution_point", run.execution_point),
    )
    of_run = tag_list((*common, ("browser", run.browser)))
    points = [(name, value, of_run) for name, value in _run_values(run)]
    for result in run.results:
        of_check = tag_list((*common, *_check_tags(run, result)))
        points += [(name, value, of_check) for name, value in _check_values(result)]
    return _merged(points, timestamp=int(run.finished))


def success_of(outcome: Outcome) -> float | None:
    """Return 1 for PASS and FLAKY, 0 for FAIL, None where nothing can be said of the application."""
    match outcome:
        case Outcome.PASS | Outcome.FLAKY:
            return 1.0
        case Outcome.FAIL:
            return 0.0
        case Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return None
        case _:
            assert_never(outcome)


def tag_value(text: str) -> str:
    """Return ``text`` as Datadog would store it in a tag: lower case, everything unusual one underscore."""
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9._-]", "_", text.lower())).strip("_")


def tag_list(pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return ``pairs`` as ``key:value``, sorted and cleaned; those without a value are left out."""
    cleaned = ((key, tag_value(value)) for key, value in pairs)
    return tuple(sorted(f"{key}:{value}"[:LONGEST_TAG].rstrip("_") for key, value in cleaned if value))


def detection(
    suite: str, environment: str, overall: float, rates: Mapping[Category, float], finished: float
) -> tuple[Metric, ...]:
    """Return the share of injected faults that was caught: ``overall``, and by the checks of each category."""
    common = (("suite", suite), ("env", environment))
    points: list[tuple[MetricName, float | None, tuple[str, ...]]] = [
        (MetricName.DETECTION_RATE, overall, tag_list(common)),
        *((MetricName.DETECTION_RATE, rate, tag_list((*common, ("category", each)))) for each, rate in rates.items()),
    ]
    return _merged(points, timestamp=int(finished))


def _check_tags(run: Run, result: CheckResult) -> tuple[tuple[str, str], ...]:
    check = result.check
    browser = run.browser if check.kind is CheckKind.JOURNEY else ""
    return (("category", check.category.value), ("check", check.id), ("browser", browser))


def _run_values(run: Run) -> Iterator[tuple[MetricName, float | None]]:
    yield MetricName.HEARTBEAT, 1.0
    yield MetricName.DURATION, run.duration_s * 1000
    yield MetricName.SUCCESS, success_of(run.verdict)


def _check_values(result: CheckResult) -> Iterator[tuple[MetricName, float | None]]:
    success, attempt = success_of(result.outcome), result.last
    if success is None or attempt is None:
        return
    yield MetricName.CHECK_SUCCESS, success
    yield MetricName.CHECK_DURATION, result.duration_ms
    for step in attempt.steps:
        yield MetricName.STEP_DURATION, step.duration_ms
    for measurement in attempt.measurements:
        name = name_of(measurement.name, result.check.kind)
        if name is not None:
            yield name, measurement.value


def name_of(measurement: str, kind: CheckKind) -> MetricName | None:
    """Return the metric that a measurement is sent as; None where it stays in the house."""
    last = measurement.rpartition(".")[2]
    if measurement == "homepage.load_ms":
        return MetricName.HOMEPAGE_LOAD
    if last in _VITALS:
        return MetricName(f"smoke_test.web_vital.{_VITALS[last]}")
    if last == "total_ms":
        return MetricName.API_RESPONSE if kind is CheckKind.PROBE else None
    return {
        "db_ms": MetricName.DB_QUERY,
        "cache_hit_rate": MetricName.CACHE_HIT_RATE,
        "error_rate": MetricName.ERROR_RATE,
        "queue_depth": MetricName.QUEUE_DEPTH,
        "tls_days_left": MetricName.TLS_DAYS_LEFT,
    }.get(last)


def _merged(points: list[tuple[MetricName, float | None, tuple[str, ...]]], timestamp: int) -> tuple[Metric, ...]:
    series: dict[tuple[MetricName, tuple[str, ...]], list[float]] = {}
    for name, value, tags in points:
        if value is not None and _plausible(value, name.unit):
            series.setdefault((name, tags), []).append(float(value))
    return tuple(
        Metric(name=name, kind=name.kind, value=name.worst(values), unit=name.unit, tags=tags, timestamp=timestamp)
        for (name, tags), values in series.items()
    )


def _plausible(value: float, unit: Unit) -> bool:
    return math.isfinite(value) and 0 <= value <= (1 if unit is Unit.RATIO else math.inf)
