"""What is sent to Datadog, in its own words; it imports the client, which costs a quarter of a second."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, assert_never

from datadog_api_client import ApiClient
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

from smoke.model import Outcome
from smoke.observation import Unit
from smoke.sinks._datadog_wire import Answer, Wire, client_of
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import UP, Kind, Metric
from smoke.sinks.parts import Part, send_in_parts
from smoke.sinks.registry import SinkError

SPARE_S = 0.3
"""Left of the time for all, so that we say what was wrong before the deadline says it for us."""
LONGEST_TITLE = 100
LONGEST_TEXT = 4000


def push(bulletin: Bulletin, parts: Sequence[Part], *, host: str, key: str, key_name: str, ends: float) -> None:
    """Send metrics, gzipped in these parts, then what the run came to; raises SinkError with how many had arrived.

    ``key_name`` is told where the key is refused. It is all over at ``ends`` (monotonic seconds), or a little before.
    """
    with client_of(host, {"apiKeyAuth": key}) as client:
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


def _submit(client: ApiClient, part: Part, interval_s: int) -> Answer:
    payload = MetricPayload(series=[_series(metric, interval_s) for metric in part])
    metrics = MetricsApi(client)  # type: ignore[no-untyped-call]
    return _plain(metrics.submit_metrics(payload, content_encoding=MetricContentEncoding.GZIP))


def _check(client: ApiClient, bulletin: Bulletin, verdict: Outcome) -> Answer:
    check = ServiceCheck(
        check=UP,
        host_name=f"smoke-{bulletin.region}",
        status=ServiceCheckStatus(_status(verdict)),  # type: ignore[no-untyped-call]
        tags=list(bulletin.tags),
        timestamp=int(bulletin.finished),
        message=f"{verdict}: {bulletin.reason}"[:LONGEST_TEXT],
    )
    return _plain(ServiceChecksApi(client).submit_service_check(ServiceChecks([check])))  # type: ignore[no-untyped-call]


def _announce(client: ApiClient, bulletin: Bulletin, verdict: Outcome) -> Answer:
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
    return _plain(EventsApi(client).create_event(event))  # type: ignore[no-untyped-call]


def _plain(answer: Any) -> Answer:
    said, status, headers = answer
    return said.to_dict(), status, headers


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
        case Unit.DAYS:
            return "day"
        case Unit.SCORE:
            return None
        case _:
            assert_never(unit)
