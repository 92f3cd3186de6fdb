"""Amazon CloudWatch: custom metrics, one for each name and set of dimensions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, assert_never

from smoke.observation import Unit
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Metric
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, RefusedError, sink
from smoke.spans import A_DAY
from smoke.strict import Checked, Variable

AT_ONCE = 500
"""Data in one request, which may hold 1000, and 1 MB."""
MOST_DIMENSIONS = 30
LARGEST = 2.0**360
PUSH = "smoke.sinks._cloudwatch_push"


def _check_namespace(name: str) -> None:
    if name.startswith("AWS/") or not re.fullmatch(r"[\w./#:-]{1,255}", name, re.ASCII):
        raise ValueError(
            f"has letters, digits and .-_/#: and does not begin with AWS/, which is Amazon's; got {name!r}"
        )


Namespace = Annotated[str, Checked(_check_namespace)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatch(Options):
    """Amazon CloudWatch; credentials come from the environment, .env, or wherever boto3 finds them."""

    sink: Literal["cloudwatch"] = "cloudwatch"
    """``cloudwatch``."""
    namespace: Namespace = "Smoke"
    """Namespace of the metrics. By default Smoke."""
    region: Variable = "AWS_REGION"
    """Environment variable that holds the AWS region to send to. By default AWS_REGION."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The region."""
        return (self.region,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What boto3 may be given of the environment."""
        return ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

    @property
    def max_age_s(self) -> float:
        """Two weeks."""
        return 14 * A_DAY


@sink(CloudWatch, extra="cloudwatch", library="boto3", loads=(PUSH,))
def deliver(bulletin: Bulletin, options: CloudWatch, errand: Errand) -> None:
    """Put the metrics; raises SinkError."""
    from smoke.sinks import _cloudwatch_push

    region = errand.environ[options.region].strip()
    _cloudwatch_push.push(bulletin.metrics, namespace=options.namespace, region=region, errand=errand)


def datum(metric: Metric) -> dict[str, Any]:
    """Return ``metric`` as PutMetricData wants it; raises RefusedError for what only the real one would refuse."""
    dimensions = [{"Name": key, "Value": value} for key, _, value in (tag.partition(":") for tag in metric.tags)]
    if not math.isfinite(metric.value) or abs(metric.value) > LARGEST:
        raise RefusedError(f"CloudWatch takes no value such as {metric.value:g}, of {metric.name}.")
    if len(dimensions) > MOST_DIMENSIONS or not all(each["Value"] for each in dimensions):
        raise RefusedError(
            f"CloudWatch takes up to {MOST_DIMENSIONS} dimensions, none of them empty; see {metric.name}."
        )
    return {
        "MetricName": str(metric.name),
        "Dimensions": dimensions,
        "Timestamp": datetime.fromtimestamp(metric.timestamp, UTC),
        "Value": metric.value,
        "Unit": unit(metric.unit),
    }


def unit(unit: Unit) -> str:
    """CloudWatch's own name; it refuses any other."""
    match unit:
        case Unit.MS:
            return "Milliseconds"
        case Unit.COUNT:
            return "Count"
        case Unit.RATIO | Unit.SCORE | Unit.DAYS:
            return "None"
        case _:
            assert_never(unit)
