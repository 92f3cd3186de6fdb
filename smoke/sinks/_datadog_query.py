"""Reads our own metrics back from Datadog."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from smoke.sinks._http import request
from smoke.sinks.datadog import host_of, key_of
from smoke.sinks.metrics import MetricName
from smoke.sinks.registry import SinkError

API_KEY, APP_KEY = "DD_API_KEY", "DD_APP_KEY"


def points_of(
    name: MetricName, tags: Sequence[str], since: float, until: float, environ: Mapping[str, str], *, ends: float
) -> int:
    """Return how many points of ``name`` with all of ``tags`` Datadog shows from ``since`` to ``until``.

    These are seconds since the epoch, ``ends`` monotonic ones. Raises SinkError.
    """
    query = {"from": int(since), "to": int(until) + 1, "query": f"avg:{name}{{{','.join(tags)}}}"}
    headers = {
        "Accept": "application/json",
        "DD-API-KEY": key_of(API_KEY, environ),
        "DD-APPLICATION-KEY": key_of(APP_KEY, environ),
    }
    url = f"{host_of(environ)}/api/v1/query?{urlencode(query)}"
    body = request("GET", url, b"", headers, whom="Datadog", keys=f"{API_KEY}, {APP_KEY}", ends=ends)
    try:
        series = json.loads(body)["series"]
        return sum(value is not None for each in series for _at, value in each["pointlist"])
    except (ValueError, KeyError, TypeError):
        raise SinkError("Datadog's answer is no list of series; is a proxy between us and it?") from None
