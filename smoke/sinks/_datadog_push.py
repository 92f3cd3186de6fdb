"""The only module that knows the Datadog client; importing it costs a quarter of a second.

The client's defaults are not ours: it neither retries nor gives up, waits as long as a server asks it to (its
time-out does not count that), follows redirects with the key in hand, and lets urllib3's exceptions through. So its
own retries are off, and ours fit every wait and every attempt into the time there is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException, OpenApiException
from datadog_api_client.v2.api.metrics_api import MetricsApi
from datadog_api_client.v2.model.metric_content_encoding import MetricContentEncoding
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_series import MetricSeries
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.util import Retry

from smoke.model import Unit
from smoke.sinks.metrics import Kind, Metric
from smoke.sinks.registry import SinkError

CONNECT_SHARE = 0.4
"""Of the time that is left, to connect; the rest is for the answer."""
RETRIES = 3
SHORTEST_ATTEMPT_S = 0.2
"""With less time than this there is no further attempt."""
RETRIED = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an attempt delivered nothing."""

    text: str
    worth_retrying: bool = False
    asked_wait_s: float | None = None
    """What X-Ratelimit-Reset asks for; Datadog sends no Retry-After."""


def push(batches: Sequence[tuple[Metric, ...]], *, host: str, key: str, interval_s: int, end: float) -> None:
    """Send every batch to ``host``, gzipped; raises SinkError, which says how many metrics had arrived.

    ``interval_s`` is the time that a COUNT covers, in whole seconds. It is all over at ``end`` (monotonic seconds).
    """
    delivered = 0
    with ApiClient(_configuration(host, key)) as client:
        for batch in batches:
            payload = MetricPayload(series=[_series(metric, interval_s) for metric in batch])
            trouble = _send(client, payload, host, end)
            if trouble is not None:
                raise SinkError(trouble.text, delivered=delivered)
            delivered += len(batch)


def _configuration(host: str, key: str) -> Configuration:
    return Configuration(  # type: ignore[no-untyped-call]
        host=host, api_key={"apiKeyAuth": key}, retry_policy=Retry(total=False), return_http_data_only=False
    )


def _send(client: ApiClient, payload: MetricPayload, host: str, end: float) -> Trouble | None:
    for retry in range(RETRIES + 1):
        left = max(SHORTEST_ATTEMPT_S, end - time.monotonic())
        client.configuration.request_timeout = (left * CONNECT_SHARE, left * (1 - CONNECT_SHARE))
        trouble = _attempt(client, payload, host)
        if trouble is None or not trouble.worth_retrying or retry == RETRIES:
            return trouble
        wait = 0.1 * 2**retry if trouble.asked_wait_s is None else trouble.asked_wait_s
        if time.monotonic() + wait + SHORTEST_ATTEMPT_S > end:
            return trouble
        threading.Event().wait(wait)
    return None


def _attempt(client: ApiClient, payload: MetricPayload, host: str) -> Trouble | None:
    intake = MetricsApi(client)  # type: ignore[no-untyped-call]
    try:
        answer: Any = intake.submit_metrics(payload, content_encoding=MetricContentEncoding.GZIP)
    except ApiException as error:
        return _refusal(error, host)
    except ConnectTimeoutError as error:  # also a refused connection
        return Trouble(text=f"{host} could not be reached ({type(error).__name__}).", worth_retrying=True)
    except HTTPError as error:
        # Not tried again: a server that fell silent may have stored the request, and counts would double.
        return Trouble(text=f"{host} gave no answer ({type(error).__name__}).")
    except OpenApiException:
        return Trouble(text=f"{host} did not answer like Datadog; is a proxy or a sign-in page between us and it?")
    accepted, status, _headers = answer
    if status != 202:
        return Trouble(text=f"{host} answered {status} where Datadog answers 202; is a proxy between us and it?")
    errors = accepted.to_dict().get("errors")
    return Trouble(text=f"Datadog took the payload with errors: {_short(errors)}") if errors else None


def _refusal(error: ApiException, host: str) -> Trouble:
    status = int(error.status or 0)
    reset = _reset(error)
    if status == 429 and reset is not None:
        text = f"{host} limits our rate (429) and asks to wait {reset:g} s, more than this push has left."
    elif status in RETRIED:
        text = f"{host} is in trouble ({status}), still so after every retry that there was time for."
    elif status in {401, 403}:
        text = f"{host} refused the API key ({status}): check DD_API_KEY, and that it belongs to this site."
    elif status == 0:
        text = f"{host} could not be reached (TLS): {_short(error.reason)}"
    elif 300 <= status < 400:
        text = f"{host} redirects ({status}); the key is not carried elsewhere: set DD_SITE or SMOKE_DATADOG_URL."
    else:
        text = f"{host} refused the payload ({status}): {_short(error.body)}"
    return Trouble(text=text, worth_retrying=status in RETRIED, asked_wait_s=reset)


def _reset(error: ApiException) -> float | None:
    headers = {name.lower(): str(value).strip() for name, value in (error.headers or {}).items()}
    reset = headers.get("x-ratelimit-reset", "")
    return float(reset) if reset.isascii() and reset.isdigit() else None


def _short(said: object) -> str:
    return " ".join(str(said).split())[:200]


def _series(metric: Metric, interval_s: int) -> MetricSeries:
    series = MetricSeries(
        metric=str(metric.name),
        points=[MetricPoint(timestamp=metric.timestamp, value=metric.value)],
        tags=list(metric.tags),
        type=_intake_type(metric.kind),
    )
    unit = _unit(metric.unit)
    if unit:
        series.unit = unit
    if metric.kind is Kind.COUNT:
        series.interval = interval_s
    return series


def _intake_type(kind: Kind) -> MetricIntakeType:
    match kind:
        case Kind.GAUGE:
            return MetricIntakeType.GAUGE
        case Kind.COUNT:
            return MetricIntakeType.COUNT
        case _:
            assert_never(kind)


def _unit(unit: Unit) -> str | None:
    """Datadog's own name; it accepts any other without a word and then shows none."""
    match unit:
        case Unit.MS:
            return "millisecond"
        case Unit.RATIO:
            return "fraction"
        case Unit.COUNT:
            return "execution"
        case Unit.SCORE:
            return None
        case _:
            assert_never(unit)
