"""Writes metrics as Prometheus reads them: base units, and a time stamp in place of a count that never adds up."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path
from typing import assert_never
from urllib.parse import quote, unquote, urlsplit

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from smoke.observation import Unit
from smoke.sinks._http import request
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Kind, Metric
from smoke.sinks.registry import SinkError
from smoke.spans import A_DAY

PER_CHECK = ("browser", "category", "check")
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def push(bulletin: Bulletin, url: str, *, keys: str, ends: float) -> None:
    """Put the metrics in the place of the group's earlier ones; raises SinkError.

    A success that could not be judged this time is gone afterwards, instead of standing there as it last was.
    """
    parts = urlsplit(url)
    headers = {"Content-Type": TEXT}
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
    group = "".join(f"/{key}/{quote(value, safe='')}" for key, value in _labels(bulletin.tags).items())
    body = exposition(bulletin, {})
    request("PUT", f"{bare}/metrics/job/smoke{group}", body, headers, whom="the Pushgateway", keys=keys, ends=ends)


def write(bulletin: Bulletin, folder: str) -> None:
    """Replace the file of this suite, environment, region and execution point; raises SinkError."""
    labels = _labels(bulletin.tags)
    path = Path(folder, f"smoke_{'_'.join(labels.values())}.prom")
    draft = path.with_suffix(f".{os.getpid()}")  # the collector reads nothing that does not end in .prom
    try:
        draft.write_bytes(exposition(bulletin, labels))
        draft.replace(path)
    except OSError as error:
        raise SinkError(
            f"{path}: {error.strerror or error}; textfile must name a folder that can be written."
        ) from None


def exposition(bulletin: Bulletin, labels: dict[str, str]) -> bytes:
    """Return the metrics in the text format, each with ``labels`` besides those of its check."""
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for metric in bulletin.metrics:
        name, value = _converted(metric)
        if name not in gauges:
            gauges[name] = Gauge(name, f"{metric.name} of the last run.", [*labels, *PER_CHECK], registry=registry)
        own = _labels(metric.tags)
        gauges[name].labels(*labels.values(), *(own.get(key, "") for key in PER_CHECK)).set(value)
    return bytes(generate_latest(registry))


def _labels(tags: tuple[str, ...]) -> dict[str, str]:
    return {key: value for key, _, value in (tag.partition(":") for tag in tags)}


def _converted(metric: Metric) -> tuple[str, float]:
    name = metric.name.replace(".", "_")
    if metric.kind is Kind.COUNT:  # each run would push 1 in the place of 1
        return f"{name}_timestamp_seconds", float(metric.timestamp)
    match metric.unit:
        case Unit.MS:
            return f"{name}_seconds", metric.value / 1000
        case Unit.DAYS:
            return f"{name.replace('_days', '')}_seconds", metric.value * A_DAY
        case Unit.RATIO | Unit.SCORE | Unit.COUNT:
            return name, metric.value
        case _:
            assert_never(metric.unit)
