"""Datadog, by its metrics intake (``POST /api/v2/series``). The client is imported only when there is a key."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping

from smoke.judged import Run
from smoke.sinks.metrics import Metric
from smoke.sinks.registry import DEADLINE_S, SinkError, SinkSettings, sink

KEY = "DD_API_KEY"
SITES = (
    "datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "ap1.datadoghq.com", "ap2.datadoghq.com",
    "uk1.datadoghq.com", "datadoghq.eu", "ddog-gov.com", "us2.ddog-gov.com",
)  # fmt: skip
"""What DD_SITE may be; a mistyped site would hand the key to a stranger."""
BUDGET_S = DEADLINE_S - 0.3
"""Seconds for all requests, waits and retries, so that we say what was wrong before the deadline says it for us."""
BATCH_BYTES = 400_000
"""Of JSON before compression; the intake refuses more than 500 kB."""


def explain_disabled(settings: SinkSettings) -> str | None:
    """Return what is missing, None if there is a key."""
    if settings.environ.get(KEY, "").strip():
        return None
    return f"{KEY} is not set: no metrics go to Datadog."


@sink("datadog", explain_disabled=explain_disabled, secrets=(KEY,))
def deliver(run: Run, metrics: tuple[Metric, ...], settings: SinkSettings) -> None:
    """Push ``metrics`` to the intake named by DD_SITE or SMOKE_DATADOG_URL; raises SinkError."""
    end = time.monotonic() + BUDGET_S
    key, host = _key(settings.environ), _host(settings.environ)

    from smoke.sinks import _datadog_push

    interval_s = max(1, round(run.duration_s))
    _datadog_push.push(tuple(batches(metrics, BATCH_BYTES)), host=host, key=key, interval_s=interval_s, end=end)


def batches(metrics: tuple[Metric, ...], limit: int) -> Iterator[tuple[Metric, ...]]:
    """Yield ``metrics`` in order, in parts whose JSON stays below ``limit`` bytes."""
    part: list[Metric] = []
    size = 0
    for metric in metrics:
        cost = 200 + len(metric.name) + sum(len(tag) + 4 for tag in metric.tags)
        if part and size + cost > limit:
            yield tuple(part)
            part, size = [], 0
        part.append(metric)
        size += cost
    if part:
        yield tuple(part)


def _key(environ: Mapping[str, str]) -> str:
    key = environ.get(KEY, "").strip()
    if not re.fullmatch(r"[0-9A-Za-z_-]+", key):
        # http.client would refuse such a header in a message that quotes the key.
        raise SinkError(f"{KEY} is not an API key: it has characters other than letters, digits, - and _, or none.")
    return key


def _host(environ: Mapping[str, str]) -> str:
    url = environ.get("SMOKE_DATADOG_URL", "").strip().rstrip("/")
    if url:
        if not re.fullmatch(r"https?://[^/\s@?#]+", url):
            raise SinkError(f"SMOKE_DATADOG_URL is not http(s)://host or http(s)://host:port: {_bare(url)}.")
        return url
    site = environ.get("DD_SITE", "").strip().lower() or SITES[0]
    if site not in SITES:
        raise SinkError(f"DD_SITE {site!r} is no Datadog site; known: {', '.join(SITES)}.")
    return f"https://api.{site}"


def _bare(url: str) -> str:
    return repr(re.sub(r"//[^/]*@", "//***@", url))
