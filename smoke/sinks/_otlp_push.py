"""Writes metrics as OTLP's protobuf, and posts them.

OpenTelemetry's own exporter takes no measurements with a time of their own, and tells of an answer only whether it was
good: neither would do for what is delivered later. Its messages are used, its transport is not.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from itertools import groupby
from typing import assert_never

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.metrics.v1 import metrics_pb2 as otlp
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from smoke import __version__
from smoke.brief import short
from smoke.observation import Unit
from smoke.sinks._http import request
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Kind, Metric
from smoke.sinks.otlp import Counts, Otlp
from smoke.sinks.parts import Part, send_in_parts
from smoke.sinks.registry import RefusedError, SinkError

AT_ONCE = 2000
"""Points in one payload: some 100 kB before compression, where New Relic takes 1 MB."""
SECOND_NS = 1_000_000_000
USUAL = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "gzip",
    "User-Agent": f"smoke-harness/{__version__}",
}


def push(bulletin: Bulletin, *, url: str, headers: Mapping[str, str], options: Otlp, ends: float) -> None:
    """Post the metrics of ``bulletin`` to ``url``; raises SinkError."""
    keys = " and ".join(options.needed) or "its address"
    metrics = bulletin.metrics

    def send(part: Part) -> None:
        body = gzip.compress(payload(part, bulletin.duration_s, options.service.counts).SerializeToString())
        said = request("POST", url, body, {**USUAL, **headers}, whom=options.title, keys=keys, ends=ends)
        _look_at(said, options.title)

    send_in_parts([metrics[at : at + AT_ONCE] for at in range(0, len(metrics), AT_ONCE)], send)


def payload(part: Part, duration_s: float, counts: Counts) -> ExportMetricsServiceRequest:
    """Return the message for ``part``; what is counted was counted over ``duration_s``."""
    families = groupby(sorted(part, key=lambda metric: metric.name), key=lambda metric: metric.name)
    scope = otlp.ScopeMetrics(
        scope=InstrumentationScope(name="smoke", version=__version__),
        metrics=[_family(list(family), duration_s, counts) for _, family in families],
    )
    about = Resource(attributes=[_attribute("service.name", "smoke")])
    return ExportMetricsServiceRequest(resource_metrics=[otlp.ResourceMetrics(resource=about, scope_metrics=[scope])])


def _family(family: list[Metric], duration_s: float, counts: Counts) -> otlp.Metric:
    name, unit = str(family[0].name), _unit(family[0].unit)
    points = [_point(metric, duration_s) for metric in family]
    if family[0].kind is Kind.COUNT and counts is Counts.DELTA:
        delta = otlp.AGGREGATION_TEMPORALITY_DELTA
        return otlp.Metric(
            name=name,
            unit=unit,
            sum=otlp.Sum(data_points=points, aggregation_temporality=delta, is_monotonic=True),
        )
    return otlp.Metric(name=name, unit=unit, gauge=otlp.Gauge(data_points=points))


def _point(metric: Metric, duration_s: float) -> otlp.NumberDataPoint:
    at = metric.timestamp * SECOND_NS
    pairs = (tag.partition(":") for tag in metric.tags)
    return otlp.NumberDataPoint(
        attributes=[_attribute(key, value) for key, _, value in pairs],
        start_time_unix_nano=at - round(duration_s * SECOND_NS),
        time_unix_nano=at,
        as_double=metric.value,
    )


def _attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def _unit(unit: Unit) -> str:
    """UCUM's."""
    match unit:
        case Unit.MS:
            return "ms"
        case Unit.RATIO | Unit.SCORE:
            return "1"
        case Unit.COUNT:
            return "{run}"
        case Unit.DAYS:
            return "d"
        case _:
            assert_never(unit)


def _look_at(said: bytes, whom: str) -> None:
    """Read a good answer, which may still refuse some points; raises SinkError."""
    if said[:1] in (b"{", b"<"):
        if said[:1] == b"<":
            raise SinkError(f"{whom} answered with a page; is a proxy or a sign-in page between us and it?")
        return
    try:
        partial = ExportMetricsServiceResponse.FromString(said).partial_success
    except DecodeError:
        raise SinkError(f"{whom} did not answer like OTLP; is a proxy between us and it?") from None
    if partial.rejected_data_points:
        text = f"{whom} refused {partial.rejected_data_points} points: {short(partial.error_message)}"
        raise RefusedError(text)
