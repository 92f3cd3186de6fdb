"""What was pushed is read back by Datadog's own description, and nobody takes anything else for it."""

from __future__ import annotations

import time

import pytest
from werkzeug import Response

from smoke.sinks._datadog_query import points_of
from smoke.sinks.metrics import MetricName
from smoke.sinks.registry import SinkError
from tests.support.datadog_intake import DatadogIntake, reply, show_queries
from tests.support.deliveries import a_bulletin, an_outlet, give
from tests.support.run_builder import a_typical_run

pytestmark = pytest.mark.long

KEYS = {"DD_API_KEY": "0123456789abcdef", "DD_APP_KEY": "fedcba9876543210"}


def points(intake: DatadogIntake, tags: list[str], since: float, until: float, **environ: str) -> int:
    show_queries(intake)
    environ = {**KEYS, "SMOKE_DATADOG_URL": intake.url, **environ}
    return points_of(MetricName.DURATION, tags, since, until, environ, ends=time.monotonic() + 10)


def test_the_point_of_a_run_is_found_by_its_tags_and_time(intake: DatadogIntake) -> None:
    run = a_typical_run()
    give([an_outlet("datadog")], a_bulletin(run), environ={**KEYS, "SMOKE_DATADOG_URL": intake.url})
    tags = [f"suite:{run.suite}", f"env:{run.environment}"]
    assert points(intake, tags, run.finished - 1, run.finished + 1) == 1
    assert points(intake, [*tags, "region:elsewhere"], run.finished - 1, run.finished + 1) == 0
    assert points(intake, tags, run.finished + 60, run.finished + 120) == 0
    assert intake.requests[-1].headers["DD-APPLICATION-KEY"] == KEYS["DD_APP_KEY"]


def test_a_refusal_names_both_keys_and_shows_neither(intake: DatadogIntake) -> None:
    intake.instead.append(reply(403, {"errors": ["Forbidden"]}))
    with pytest.raises(SinkError, match="DD_API_KEY, DD_APP_KEY") as refused:
        points(intake, ["suite:a"], 0, 1)
    assert KEYS["DD_APP_KEY"] not in str(refused.value)


def test_an_answer_of_somebody_else_is_no_series(intake: DatadogIntake) -> None:
    intake.instead.append(Response("<html>sign in</html>"))
    with pytest.raises(SinkError, match="no list of series"):
        points(intake, ["suite:a"], 0, 1)
