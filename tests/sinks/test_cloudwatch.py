"""The CloudWatch sink against moto's server, and the rules that moto does not know."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug import Response

from smoke.observation import Unit
from smoke.sinks.cloudwatch import AT_ONCE, datum, unit
from smoke.sinks.delivery import Delivery
from smoke.sinks.metrics import metrics_of
from smoke.sinks.registry import RefusedError
from tests.support.counterparts import needs_library, program, serving
from tests.support.deliveries import a_bulletin, an_outlet, give
from tests.support.loopback import free_port
from tests.support.run_builder import a_typical_run

KEYS = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "s3cr3t-testing-key"}
LISTED = {
    "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits",
    "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second",
    "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second",
    "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
}  # fmt: skip
A_METRIC = metrics_of(a_typical_run())[0]


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of something like Amazon."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [program("services", "bin", "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, f"{address}/moto-api/", tmp_path_factory.mktemp("moto")):
        amazon(address).list_metrics()  # it loads this service with the first request for it
        yield address


def amazon(address: str) -> Any:
    """A client of our own."""
    import boto3

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client("cloudwatch", region_name="eu-west-1", endpoint_url=address, **keys)


def push(url: str, **options: Any) -> Delivery:
    now = time.time()
    bulletin = a_bulletin(a_typical_run(started=now - 10, finished=now))
    return give([an_outlet("cloudwatch", **options)], bulletin, environ={**KEYS, "AWS_ENDPOINT_URL_CLOUDWATCH": url})[0]


@needs_library("boto3")
def test_every_metric_arrives_with_its_dimensions(moto):
    """Names, dimensions, values and units can be asked back."""
    delivery = push(moto, namespace="Smoke/Test")
    assert (delivery.ok, delivery.detail) == (True, "delivered")
    client = amazon(moto)
    listed = client.list_metrics(Namespace="Smoke/Test")["Metrics"]
    sent = metrics_of(a_typical_run())
    assert {(each["MetricName"], tags(each)) for each in listed} == {(metric.name, metric.tags) for metric in sent}
    now = datetime.now(UTC)
    duration = next(each for each in listed if each["MetricName"] == "smoke_test.duration")
    (point,) = client.get_metric_statistics(
        Namespace="Smoke/Test",
        MetricName="smoke_test.duration",
        Dimensions=duration["Dimensions"],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=600,
        Statistics=["Average"],
    )["Datapoints"]
    assert (round(point["Average"]), point["Unit"]) == (10_000, "Milliseconds")


def tags(listed: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(f"{each['Name']}:{each['Value']}" for each in listed["Dimensions"]))


@needs_library("boto3")
@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "CloudWatch refused the credentials (403 AccessDenied)"),
        (400, "Throttling", "CloudWatch limits our rate (400 Throttling)"),
        (400, "InvalidParameterValue", "CloudWatch refused the payload (400 InvalidParameterValue): told"),
        (500, "InternalServiceFault", "CloudWatch is in trouble (500 InternalServiceFault)"),
    ],
)
def test_what_amazon_says_is_told(httpserver, status, code, said):
    """Refusals of the payload, of the credentials and of the rate are told apart."""
    body, kind = json.dumps({"__type": code, "message": "told"}), "application/x-amz-json-1.0"
    httpserver.expect_request("/").respond_with_response(Response(body, status, content_type=kind))
    delivery = push(httpserver.url_for(""))
    assert not delivery.ok
    assert delivery.detail.startswith(said)
    assert len(httpserver.log) == 1


@needs_library("boto3")
def test_nobody_there_is_told(httpserver):
    """A dead address is a failed delivery, without boto3's own retries."""
    assert push(f"http://127.0.0.1:{free_port()}").detail == (
        "CloudWatch in eu-west-1 gave no answer (EndpointConnectionError)."
    )


@pytest.mark.parametrize("each", Unit)
def test_every_unit_is_one_that_amazon_lists(each):
    """Moto takes any unit; Amazon refuses the whole payload for one that it does not know."""
    assert unit(each) in LISTED


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2.0**361])
def test_a_value_that_amazon_refuses_is_not_sent(value):
    """NaN, infinity and what is beyond 2^360 would have the whole payload refused."""
    with pytest.raises(RefusedError, match="takes no value"):
        datum(replace(A_METRIC, value=value))


@pytest.mark.parametrize("tags", [("suite:",), tuple(f"key{number}:x" for number in range(31))])
def test_dimensions_that_amazon_refuses_are_not_sent(tags):
    """An empty dimension and the thirty-first would have the whole payload refused; moto takes the latter."""
    with pytest.raises(RefusedError, match="dimensions"):
        datum(replace(A_METRIC, tags=tags))


def test_the_limits_are_amazons():
    """A thousand data in a request, two weeks of age."""
    assert AT_ONCE <= 1000
    assert an_outlet("cloudwatch").options.max_age_s == timedelta(days=14).total_seconds()


def test_what_is_missing_is_said():
    """Without a region there is nobody to send to."""
    said = "AWS_REGION is not set: no metrics go to CloudWatch."
    assert an_outlet("cloudwatch").explain_disabled({}) == said
