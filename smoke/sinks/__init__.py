"""Where measurements go: one file per sink. Importing this room imports no SDK."""

from smoke.sinks.delivery import Delivery, deliver_all
from smoke.sinks.metrics import Kind, Metric, MetricName, metrics_of
from smoke.sinks.registry import DEADLINE_S, Sink, SinkError, SinkSettings, available, enabled, sink

__all__ = [
    "DEADLINE_S",
    "Delivery",
    "Kind",
    "Metric",
    "MetricName",
    "Sink",
    "SinkError",
    "SinkSettings",
    "available",
    "deliver_all",
    "enabled",
    "metrics_of",
    "sink",
]
