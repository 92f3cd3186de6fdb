"""The only module that knows the Datadog client; importing it costs a quarter of a second.

The client's defaults are not ours: it neither retries nor gives up, waits as long as a server asks it to, follows
redirects with the key in hand, and lets urllib3's exceptions through.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, assert_never

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException, OpenApiException
from datadog_api_client.v2.api.metrics_api import MetricsApi
from datadog_api_client.v2.model.metric_content_encoding import MetricContentEncoding
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_series import MetricSeries
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError, ResponseError
from urllib3.util import Retry

from smoke.model import Unit
from smoke.sinks.metrics import Kind, Metric
from smoke.sinks.registry import DEADLINE_S, SinkError

BUDGET_S = DEADLINE_S - 0.4
"""Seconds for all batches and retries."""
TIMEOUT_S = (0.8, 1.2)
"""To connect, and between two bytes of the answer; less where less of the budget is left."""
RETRIED = frozenset({408, 429, 500, 502, 503, 504})


class BoundedRetry(Retry):
    """Retries only while the wait and one more attempt still fit before ``end`` (monotonic seconds).

    Where they do not, the answer that was received is the result. X-Ratelimit-Reset is how Datadog says when to
    come back; Retry-After, which it does not send, is not looked at.
    """

    def __init__(self, *args: Any, end: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self.end = end

    def new(self, **changes: Any) -> BoundedRetry:
        """Return a changed copy; urllib3 calls it at every attempt."""
        return super().new(end=self.end, **changes)

    def get_retry_after(self, response: Any) -> float | None:
        """Return the seconds that Datadog asks us to wait, None if it does not say."""
        reset = response.headers.get("X-Ratelimit-Reset", "").strip()
        return float(reset) if reset.isascii() and reset.isdigit() else None

    def increment(self, *args: Any, **options: Any) -> BoundedRetry:
        """Return the policy for the next attempt; raises MaxRetryError if there is to be none."""
        following = super().increment(*args, **options)
        response = options.get("response")
        asked = self.get_retry_after(response) if response is not None else None
        wait = following.get_backoff_time() if asked is None else asked
        if time.monotonic() + wait + sum(TIMEOUT_S) > self.end:
            reason = options.get("error") or ResponseError("no time left to try again")
            raise MaxRetryError(options.get("_pool"), "/api/v2/series", reason)  # type: ignore[arg-type]
        return following


def push(batches: Sequence[tuple[Metric, ...]], *, host: str, key: str, interval_s: int) -> None:
    """Send every batch to ``host``, gzipped; raises SinkError, which says how many metrics had arrived.

    ``interval_s`` is the time that a COUNT covers, in whole seconds.
    """
    end = time.monotonic() + BUDGET_S
    delivered = 0
    with ApiClient(_configuration(host, key, end)) as client:
        intake = MetricsApi(client)  # type: ignore[no-untyped-call]
        for batch in batches:
            client.configuration.request_timeout = _timeout(end)
            trouble = _trouble(intake, [_series(metric, interval_s) for metric in batch], host)
            if trouble:
                raise SinkError(trouble, delivered=delivered)
            delivered += len(batch)


def _timeout(end: float) -> tuple[float, float]:
    left = max(0.01, min(sum(TIMEOUT_S), end - time.monotonic())) / sum(TIMEOUT_S)
    return (TIMEOUT_S[0] * left, TIMEOUT_S[1] * left)


def _configuration(host: str, key: str, end: float) -> Configuration:
    # read=False: a server that took the request and fell silent may have stored it; counts would double.
    retry = BoundedRetry(
        total=3, read=False, redirect=False, backoff_factor=0.1, status_forcelist=RETRIED, allowed_methods=None,
        raise_on_status=False, end=end,
    )  # fmt: skip
    return Configuration(  # type: ignore[no-untyped-call]
        host=host,
        api_key={"apiKeyAuth": key},
        retry_policy=retry,
        request_timeout=_timeout(end),
        return_http_data_only=False,
    )


def _trouble(intake: MetricsApi, series: list[MetricSeries], host: str) -> str | None:
    try:
        answer: Any = intake.submit_metrics(MetricPayload(series=series), content_encoding=MetricContentEncoding.GZIP)
    except ApiException as error:
        return _refusal(error, host)
    except (MaxRetryError, ReadTimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        return f"{host} could not be reached ({type(reason).__name__})."
    except HTTPError as error:
        return f"{host} broke the connection ({type(error).__name__})."
    except OpenApiException:
        return f"{host} did not answer like Datadog; is a proxy or a sign-in page between us and it?"
    accepted, status, _headers = answer
    if status != 202:
        return f"{host} answered {status} where Datadog answers 202; is a proxy between us and it?"
    errors = accepted.to_dict().get("errors")
    return f"Datadog took the payload with errors: {_short(errors)}" if errors else None


def _refusal(error: ApiException, host: str) -> str:
    status = int(error.status or 0)
    if status in {401, 403}:
        return f"{host} refused the API key ({status}): check DD_API_KEY, and that it belongs to this site."
    if status == 429:
        reset = (error.headers or {}).get("X-Ratelimit-Reset", "some")
        return f"{host} limits our rate (429) for {_short(reset)} s, longer than a push may take."
    if status == 0:
        return f"{host} could not be reached (TLS): {_short(error.reason)}"
    if 300 <= status < 400:
        return f"{host} redirects ({status}); the key is not carried elsewhere: set DD_SITE or SMOKE_DATADOG_URL."
    if status >= 500:
        return f"{host} is in trouble ({status}), still so after every retry that there was time for."
    return f"{host} refused the payload ({status}): {_short(error.body)}"


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
