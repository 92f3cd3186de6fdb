"""The only module that knows the Datadog client; importing it costs a quarter of a second.

The client's defaults are not ours: it neither retries nor gives up, waits as long as a server asks it to (its
time-out does not count that), follows redirects with the key in hand, and lets urllib3's exceptions through. So its
own retries are off, and ours fit every wait and every attempt into the time there is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, assert_never

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException, OpenApiException
from datadog_api_client.v1.api.events_api import EventsApi
from datadog_api_client.v1.api.service_checks_api import ServiceChecksApi
from datadog_api_client.v1.model.event_alert_type import EventAlertType
from datadog_api_client.v1.model.event_create_request import EventCreateRequest
from datadog_api_client.v1.model.service_check import ServiceCheck
from datadog_api_client.v1.model.service_check_status import ServiceCheckStatus
from datadog_api_client.v1.model.service_checks import ServiceChecks
from datadog_api_client.v2.api.metrics_api import MetricsApi
from datadog_api_client.v2.model.metric_content_encoding import MetricContentEncoding
from datadog_api_client.v2.model.metric_intake_type import MetricIntakeType
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.metric_point import MetricPoint
from datadog_api_client.v2.model.metric_series import MetricSeries
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.util import Retry

from smoke.model import Outcome, Unit
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import UP, Kind, Metric
from smoke.sinks.parts import Part, send_in_parts
from smoke.sinks.registry import RefusedError, SinkError, TooLargeError

CONNECT_SHARE = 0.4
"""Of the time that is left, to connect; the rest is for the answer."""
RETRIES = 3
SHORTEST_ATTEMPT_S = 0.2
"""With less time than this there is no further attempt."""
SPARE_S = 0.3
"""Left of the time for all, so that we say what was wrong before the deadline says it for us."""
LONGEST_TITLE = 100
LONGEST_TEXT = 4000
Ask = Callable[[], Any]
RETRIED = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an attempt delivered nothing."""

    text: str
    error: type[SinkError] = SinkError
    worth_retrying: bool = False
    asked_wait_s: float | None = None
    """What X-Ratelimit-Reset asks for; Datadog sends no Retry-After."""


def push(bulletin: Bulletin, parts: Sequence[Part], *, host: str, key: str, key_name: str, ends: float) -> None:
    """Send metrics, gzipped in these parts, then what the run came to; raises SinkError with how many had arrived.

    ``key_name`` is told where the key is refused. It is all over at ``ends`` (monotonic seconds), or a little before.
    """
    with ApiClient(_configuration(host, key)) as client:
        wire = Wire(client, host, key_name, ends - SPARE_S)
        interval_s = max(1, round(bulletin.duration_s))
        send_in_parts(parts, lambda part: wire.send(partial(_submit, client, part, interval_s)))
        try:
            if (verdict := bulletin.verdict) is not None:
                wire.send(partial(_check, client, bulletin, verdict))
                if bulletin.has_changed:
                    wire.send(partial(_announce, client, bulletin, verdict))
        except SinkError as error:
            error.delivered = len(bulletin.metrics)
            raise


def _submit(client: ApiClient, part: Part, interval_s: int) -> Any:
    payload = MetricPayload(series=[_series(metric, interval_s) for metric in part])
    return MetricsApi(client).submit_metrics(payload, content_encoding=MetricContentEncoding.GZIP)  # type: ignore[no-untyped-call]


def _check(client: ApiClient, bulletin: Bulletin, verdict: Outcome) -> Any:
    check = ServiceCheck(
        check=UP,
        host_name=f"smoke-{bulletin.region}",
        status=ServiceCheckStatus(_status(verdict)),  # type: ignore[no-untyped-call]
        tags=list(bulletin.tags),
        timestamp=int(bulletin.finished),
        message=f"{verdict}: {bulletin.reason}"[:LONGEST_TEXT],
    )
    return ServiceChecksApi(client).submit_service_check(ServiceChecks([check]))  # type: ignore[no-untyped-call]


def _announce(client: ApiClient, bulletin: Bulletin, verdict: Outcome) -> Any:
    title = f"{bulletin.suite} in {bulletin.environment}: {verdict}, was {bulletin.before}"
    event = EventCreateRequest(
        title=title[:LONGEST_TITLE],
        text=bulletin.reason[:LONGEST_TEXT],
        alert_type=EventAlertType(_alert_type(verdict)),  # type: ignore[no-untyped-call]
        # What came twice is one event with a count, and so is an outage with its end.
        aggregation_key=f"smoke:{':'.join(tag.partition(':')[2] for tag in bulletin.tags)}"[:LONGEST_TITLE],
        date_happened=int(bulletin.finished),
        tags=[*bulletin.tags, f"verdict:{verdict.lower()}"],
    )
    return EventsApi(client).create_event(event)  # type: ignore[no-untyped-call]


def _status(verdict: Outcome) -> int:
    """OK, WARNING, CRITICAL or UNKNOWN."""
    match verdict:
        case Outcome.PASS:
            return 0
        case Outcome.FLAKY:
            return 1
        case Outcome.FAIL:
            return 2
        case Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return 3
        case _:
            assert_never(verdict)


def _alert_type(verdict: Outcome) -> str:
    match verdict:
        case Outcome.PASS:
            return "success"
        case Outcome.FLAKY | Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return "warning"
        case Outcome.FAIL:
            return "error"
        case _:
            assert_never(verdict)


def _configuration(host: str, key: str) -> Configuration:
    return Configuration(  # type: ignore[no-untyped-call]
        host=host, api_key={"apiKeyAuth": key}, retry_policy=Retry(total=False), return_http_data_only=False
    )


@dataclass(frozen=True, slots=True)
class Wire:
    """Asks one Datadog, again where that helps and time is left."""

    client: ApiClient
    host: str
    key_name: str
    ends: float

    def send(self, ask: Ask) -> None:
        """Make the request ``ask`` until it is taken; raises SinkError."""
        trouble: Trouble | None = None
        for retry in range(RETRIES + 1):
            left = max(SHORTEST_ATTEMPT_S, self.ends - time.monotonic())
            self.client.configuration.request_timeout = (left * CONNECT_SHARE, left * (1 - CONNECT_SHARE))
            trouble = self._attempt(ask)
            if trouble is None:
                return
            wait = 0.1 * 2**retry if trouble.asked_wait_s is None else trouble.asked_wait_s
            if not trouble.worth_retrying or time.monotonic() + wait + SHORTEST_ATTEMPT_S > self.ends:
                break
            threading.Event().wait(wait)
        assert trouble is not None
        raise trouble.error(trouble.text)

    def _attempt(self, ask: Ask) -> Trouble | None:
        host = self.host
        try:
            accepted, status, _headers = ask()
        except ApiException as error:
            return _refusal(error, host, self.key_name)
        except ConnectTimeoutError as error:  # also a refused connection
            return Trouble(text=f"{host} could not be reached ({type(error).__name__}).", worth_retrying=True)
        except HTTPError as error:
            # Not tried again now: a server that fell silent may have stored the request.
            return Trouble(text=f"{host} gave no answer ({type(error).__name__}).")
        except OpenApiException:
            return Trouble(text=f"{host} did not answer like Datadog; is a proxy or a sign-in page between us and it?")
        if status != 202:
            return Trouble(text=f"{host} answered {status} where Datadog answers 202; is a proxy between us and it?")
        errors = accepted.to_dict().get("errors")
        return Trouble(text=f"Datadog took the payload with errors: {_short(errors)}") if errors else None


def _refusal(error: ApiException, host: str, key_name: str) -> Trouble:
    status = int(error.status or 0)
    reset = _reset(error)
    if status == 429 and reset is not None:
        text = f"{host} limits our rate (429) and asks to wait {reset:g} s, more than this push has left."
    elif status in RETRIED:
        text = f"{host} is in trouble ({status}), still so after every retry that there was time for."
    elif status in {401, 403}:
        text = f"{host} refused the API key ({status}): check {key_name}, and that it belongs to this site."
    elif status == 0:
        text = f"{host} could not be reached (TLS): {_short(error.reason)}"
    elif 300 <= status < 400:
        text = f"{host} redirects ({status}); the key is not carried elsewhere: set DD_SITE or SMOKE_DATADOG_URL."
    else:
        text = f"{host} refused the payload ({status}): {_short(error.body)}"
    kind = {400: RefusedError, 422: RefusedError, 413: TooLargeError}.get(status, SinkError)
    return Trouble(text=text, error=kind, worth_retrying=status in RETRIED, asked_wait_s=reset)


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
