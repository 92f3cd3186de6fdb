"""The only module that knows boto3; importing it costs half a second."""

from __future__ import annotations

import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from smoke.sinks.cloudwatch import AT_ONCE, datum
from smoke.sinks.metrics import Metric
from smoke.sinks.parts import Part, send_in_parts
from smoke.sinks.registry import Errand, RefusedError, SinkError, TooLargeError

SPARE_S = 0.3
SHORTEST_S = 0.2
REFUSED = {"InvalidParameterValue", "InvalidParameterCombination", "MissingParameter", "ValidationError"}
CREDENTIALS = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
}

SESSION = boto3.Session()
# Reads the description of the service: this module is loaded ahead, and the next client has it then.
SESSION.client("cloudwatch", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106


def push(metrics: tuple[Metric, ...], *, namespace: str, region: str, errand: Errand) -> None:
    """Put ``metrics`` into ``namespace``; raises SinkError."""
    client = _client(region, errand)

    def send(part: Part) -> None:
        try:
            client.put_metric_data(Namespace=namespace, MetricData=[datum(metric) for metric in part])
        except ClientError as error:
            raise _refusal(error) from None
        except (NoCredentialsError, PartialCredentialsError):
            raise SinkError("CloudWatch needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.") from None
        except BotoCoreError as error:
            raise SinkError(f"CloudWatch in {region} gave no answer ({type(error).__name__}).") from None

    send_in_parts([metrics[at : at + AT_ONCE] for at in range(0, len(metrics), AT_ONCE)], send)


def _client(region: str, errand: Errand) -> Any:
    known = {name: errand.environ[variable] for name, variable in CREDENTIALS.items() if errand.environ.get(variable)}
    left = max(SHORTEST_S, errand.ends - SPARE_S - time.monotonic())
    config = Config(
        connect_timeout=left / 2, read_timeout=left / 2, retries={"total_max_attempts": 1, "mode": "standard"}
    )
    address = errand.environ.get("AWS_ENDPOINT_URL_CLOUDWATCH") or errand.environ.get("AWS_ENDPOINT_URL") or None
    return SESSION.client("cloudwatch", region_name=region, config=config, endpoint_url=address, **known)


def _refusal(error: ClientError) -> SinkError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = f"({status} {code})"
    if status == 413 or code == "RequestEntityTooLarge":
        return TooLargeError(f"CloudWatch wants smaller payloads {said}.")
    if status in {401, 403}:
        return SinkError(f"CloudWatch refused the credentials {said}: may they do cloudwatch:PutMetricData?")
    if status == 429 or code.startswith("Throttling"):
        return SinkError(f"CloudWatch limits our rate {said}.")
    if code in REFUSED:
        return RefusedError(
            f"CloudWatch refused the payload {said}: {error.response['Error'].get('Message', '')[:200]}"
        )
    return SinkError(f"CloudWatch is in trouble {said}.")
