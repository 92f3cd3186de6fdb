"""The OTLP sink: against Datadog's public OTLP receiver, and against answers that services give."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.sinks.delivery import Delivery
from smoke.sinks.metrics import Kind
from smoke.sinks.otlp import SERVICES, Preset
from tests.support.counterparts import get_json, needs_library, program, serving
from tests.support.deliveries import a_bulletin, an_outlet, give
from tests.support.loopback import free_port

pytestmark = needs_library("opentelemetry.proto")
COLLECTOR = an_outlet("otlp", preset=Preset.COLLECTOR)
KEY = "nrak-0123456789abcdef"


def push(url: str, **deadline: float) -> Delivery:
    return give([COLLECTOR], environ={"OTEL_EXPORTER_OTLP_ENDPOINT": url}, **deadline)[0]


def pushed_by(preset: Preset, server: HTTPServer) -> tuple[Delivery, Any]:
    """Push with a preset, at ``server`` instead of the service; return the delivery and the request."""
    outlet = an_outlet("otlp", preset=preset, endpoint="SOMEWHERE_ELSE")
    environ = dict.fromkeys(outlet.options.needed, KEY) | {"SOMEWHERE_ELSE": server.url_for("/otlp/")}
    (delivery,) = give([outlet], environ=environ)
    return delivery, server.log[-1][0]


def decoded(request: Request) -> dict[str, Any]:
    """The metrics of a request, by name."""
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    message = ExportMetricsServiceRequest.FromString(gzip.decompress(request.get_data()))
    return {metric.name: metric for metric in message.resource_metrics[0].scope_metrics[0].metrics}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The receiver's address."""
    port, otlp, grpc = free_port(), free_port(), free_port()
    command = [program("services", "bin", "ddapm-test-agent"), "--port", str(port)]
    command += ["--otlp-http-port", str(otlp), "--otlp-grpc-port", str(grpc)]
    with serving(command, f"http://127.0.0.1:{port}/info", tmp_path_factory.mktemp("agent")):
        yield f"http://127.0.0.1:{otlp}"


def test_a_receiver_understands_every_metric(agent):
    """Names, values, units, times and tags arrive as they left, in one request."""
    bulletin = a_bulletin()
    assert push(agent) == Delivery(sink="otlp collector", ok=True, detail="delivered", count=len(bulletin.metrics))
    (received,) = get_json(f"{agent}/test/session/metrics")
    families = received["resource_metrics"][0]["scope_metrics"][0]["metrics"]
    seen = {
        (family["name"], point["as_double"], point["time_unix_nano"], tags(point))
        for family in families
        for point in family["gauge"]["data_points"]
    }
    assert seen == {
        (metric.name, metric.value, str(metric.timestamp * 1_000_000_000), tuple(metric.tags))
        for metric in bulletin.metrics
    }
    units = {family["name"]: family["unit"] for family in families}
    assert (units["smoke_test.duration"], units["smoke_test.success"]) == ("ms", "1")


def tags(point: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"{each['key']}:{each['value']['string_value']}" for each in point["attributes"])


def test_the_receiver_can_say_no(agent):
    """What is no OTLP is refused, so that its yes means something."""
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{agent}/v1/metrics", data=b"garbage", headers={"Content-Type": "application/x-protobuf"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 400


@pytest.mark.parametrize("preset", Preset)
def test_each_preset_sends_what_its_service_wants(httpserver, preset):
    """Path, keys and the way of counting: Mimir refuses delta sums, New Relic prefers them."""
    httpserver.expect_request("/otlp/v1/metrics", method="POST").respond_with_data(b"", status=200)
    delivery, request = pushed_by(preset, httpserver)
    assert delivery.ok
    assert {request.headers[name] for name in SERVICES[preset].headers} <= {KEY}
    assert request.headers["Content-Type"] == "application/x-protobuf"
    heartbeat = decoded(request)["smoke_test.heartbeat"]
    wanted = "sum" if SERVICES[preset].counts == "delta" else "gauge"
    assert heartbeat.WhichOneof("data") == wanted
    if wanted == "sum":
        assert (heartbeat.sum.aggregation_temporality, heartbeat.sum.is_monotonic) == (1, True)
        (point,) = heartbeat.sum.data_points
        assert 0 < point.start_time_unix_nano < point.time_unix_nano


def test_only_the_heartbeat_is_counted(httpserver):
    """Everything else is a gauge everywhere."""
    httpserver.expect_request("/otlp/v1/metrics").respond_with_data(b"")
    _, request = pushed_by(Preset.NEW_RELIC, httpserver)
    counted = {name for name, metric in decoded(request).items() if metric.WhichOneof("data") == "sum"}
    assert counted == {metric.name for metric in a_bulletin().metrics if metric.kind is Kind.COUNT}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response("no", status=403), "New Relic refused the key (403): look at SOMEWHERE_ELSE and NEW_RELIC_LICENSE"),
        (Response("slow down", status=429), "New Relic limits our rate (429)"),
        (Response("oops", status=503), "New Relic is in trouble (503): oops"),
        (Response("bad", status=400), "New Relic refused the payload (400): bad"),
        (Response(status=307, headers={"Location": "http://stranger.invalid/"}), "New Relic redirects (307)"),
        (Response("<html>Sign in</html>", content_type="text/html"), "New Relic answered with a page"),
        (Response(KEY, status=500), "New Relic is in trouble (500): ***"),
    ],
    ids=lambda value: str(value.status_code) if isinstance(value, Response) else "",
)
def test_what_a_service_says_is_told(httpserver, answer, said):
    """Each refusal names what to look at, and no key."""
    httpserver.expect_request("/otlp/v1/metrics").respond_with_response(answer)
    delivery, _ = pushed_by(Preset.NEW_RELIC, httpserver)
    assert not delivery.ok
    assert delivery.detail.startswith(said)
    assert KEY not in delivery.detail


def test_points_that_are_refused_inside_a_good_answer_are_told(httpserver):
    """200 with a partial success is a refusal: nobody looks at a body that reads OK."""
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as messages

    partial = messages.ExportMetricsPartialSuccess(rejected_data_points=3, error_message="too old")
    body = messages.ExportMetricsServiceResponse(partial_success=partial).SerializeToString()
    httpserver.expect_request("/v1/metrics").respond_with_data(body)
    assert push(httpserver.url_for("")).detail == "the OTLP collector refused 3 points: too old"


def test_a_payload_that_is_too_large_goes_in_halves(httpserver):
    """413 is answered with smaller payloads until they fit."""
    taken: list[str] = []

    def answer(request: Request) -> Response:
        families = decoded(request)
        points = sum(len(metric.gauge.data_points) for metric in families.values())
        if points > 3:
            return Response(status=413)
        taken.extend(families)
        return Response()

    httpserver.expect_request("/v1/metrics").respond_with_handler(answer)
    assert push(httpserver.url_for("")).ok
    assert set(taken) == {metric.name for metric in a_bulletin().metrics}


def test_nobody_there_is_told_in_time():
    """A dead port is a failed delivery with the service's name."""
    delivery = push(f"http://127.0.0.1:{free_port()}")
    assert delivery.detail == "the OTLP collector could not be reached (NewConnectionError)."
