"""Which query stands for a rule, and why some have none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from smoke.config.alerts.alerting import Alerting
from smoke.config.alerts.condition import Measure
from smoke.config.alerts.rule import Per, Rule
from smoke.config.cron_schedule import Schedule
from smoke.datadog.definition import Omitted
from smoke.datadog.monitors import Telling, message, monitor, monitors, priority
from smoke.datadog.queries import MetricQuery, last
from smoke.datadog.rules import LONGEST_COUNT, query_of
from smoke.model import Severity
from tests.alerts.pasts import shipped
from tests.support.datadog_grammar import query_fault

TELLING = Telling(handles={}, runbooks="https://example.com/main/")
HALF_HOURLY = Schedule(suite="shop", environment="production", cron="*/30 * * * *", regions=("eu", "us", "ap"))
EVERY_MINUTE = Schedule(suite="shop", environment="production", cron="* * * * *")
SHIPPED = {
    "queue_depth": "max(last_1h):max:smoke_test.queue_depth{suite:astronote AND env:production AND"
    " execution_point:scheduled} by {suite,env} > 1000",
    "certificate_expires": "min(last_1h):min:smoke_test.tls_days_left{env:production AND"
    " execution_point:scheduled} by {suite,env} < 14",
    "smoke_test_failure": "avg(last_1h):avg:smoke_test.success{suite:betterprompts AND env:production AND"
    " execution_point:scheduled} by {suite,env} < 0.9",
    "performance_degradation": "avg(last_1h):avg:smoke_test.api_response{suite:betterprompts AND env:production AND"
    " execution_point:scheduled} by {suite,env} > 500",
    "consecutive_failures": "max(last_5m):max:smoke_test.check.success{suite:deltacrown AND env:production AND"
    " execution_point:scheduled AND (check:uptime OR check:uptime.* OR check:health OR check:health.*)}"
    " by {suite,env,check} < 1",
    "weekly_availability": "avg(last_1w):avg:smoke_test.success{env:production AND execution_point:scheduled}"
    " by {suite,env} < 0.985",
    "service_unhealthy": "min(last_1h):min:smoke_test.check.success{suite:astronote AND env:production AND"
    " execution_point:scheduled AND (check:health OR check:health.*)} by {suite,env} < 1",
    "error_rate": "avg(last_1h):avg:smoke_test.check.success{suite:astronote AND env:production AND"
    " execution_point:scheduled} by {suite,env} < 0.95",
    "database_errors": "min(last_1h):min:smoke_test.check.success{env:production AND execution_point:scheduled AND"
    " category:database} by {suite,env} < 1",
    "worker_failures": "min(last_1h):min:smoke_test.check.success{suite:astronote AND env:production AND"
    " execution_point:scheduled AND (check:worker.heartbeat OR check:worker.heartbeat.* OR check:worker.processed OR"
    " check:worker.processed.*)} by {suite,env} < 1",
    "canary_failed": "min(last_6h):min:smoke_test.success{env:canary AND execution_point IN (canary-5, canary-25,"
    " canary-100)} by {suite,env,execution_point} < 1",
    "post_production_failed": '"smoke_test.up".over("env:production", "execution_point:post-production")'
    '.by("suite", "env", "execution_point", "region").last(2).count_by_status()',
    "post_rollback_failed": '"smoke_test.up".over("env:production", "execution_point:post-rollback")'
    '.by("suite", "env", "execution_point", "region").last(2).count_by_status()',
    "release_error_rate": "avg(last_6h):avg:smoke_test.check.success{env IN (canary, production) AND execution_point IN"
    " (canary-100, post-production, post-rollback)} by {suite,env,execution_point} < 0.99",
    "heartbeat_missing": "sum(last_1h):sum:smoke_test.heartbeat{env:production AND execution_point:scheduled}"
    " by {suite,env,region}.as_count() < 1",
}
WITHOUT = {
    "password_too_old": "age of a password",
    "latency_degradation": "percentiles",
    "slow_responses": "percentiles",
    "smoke_test_unstable": "does not count the failed runs",
    "regions_failing": "does not count the groups",
    "we_are_blind": "could not be judged",
}


@pytest.fixture(scope="module")
def alerts() -> Alerting:
    return shipped()


def a_rule(condition: str, **more: object) -> Rule:
    common = {
        "name": "r",
        "title": "It fails",
        "severity": Severity.HIGH,
        "notify": ("a@b.example",),
        "runbook": "r.md",
    }
    return Rule(condition=condition, **{**common, **more})  # type: ignore[arg-type]


def asked(condition: str, schedule: Schedule = HALF_HOURLY, **more: object) -> str:
    query = query_of(a_rule(condition, **more), [schedule])
    assert not isinstance(query, Omitted), query
    return str(query)


def test_every_shipped_rule_has_its_query_or_a_reason(alerts: Alerting) -> None:
    """All rules of the seeds are told to Datadog, as far as it has words for them, and the others are named."""
    made, omitted = monitors(alerts.book, alerts.schedules, TELLING, None)
    assert {each.name: each.document["query"] for each in made} == SHIPPED
    assert {each.name for each in omitted} == set(WITHOUT)
    assert [each for each in omitted if WITHOUT[each.name] not in each.reason] == []


def test_a_reading_that_stays_in_the_house_has_no_monitor() -> None:
    """A monitor of a series that nobody sends would be silent for ever."""
    omitted = query_of(a_rule("max(*.dns_ms) > 100"), [HALF_HOURLY])
    assert isinstance(omitted, Omitted)
    assert omitted.reason == "dns_ms is not sent to Datadog"


def test_every_shipped_query_keeps_to_the_grammar_that_datadog_documents(alerts: Alerting) -> None:
    """The description of the API takes any text for a query; the grammar in its prose does not."""
    made, _ = monitors(alerts.book, alerts.schedules, TELLING, None)
    assert {each.name: fault for each in made if (fault := query_fault(dict(each.document)))} == {}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("avg(last_1h):avg:smoke_test.success{*} by {suite} < 0.8", "does not match"),
        ("avg(last_200h):avg:smoke_test.success{*} < 0.9", "no such window"),
        ("avg(last_1h):avg:smoke_test.sucess{*} < 0.9", "nobody sends"),
        ("avg(last_1h):avg:smoke_test.success{env:a AND !suite:b} < 0.9", "no filter"),
        ("avg(last_1h):avg:smoke_test.success{env:a, suite IN (a, b)} < 0.9", "no filter"),
        ("avg(last_1h):avg:smoke_test.success{run:a} < 0.9", "nobody sends the tag"),
        ("avg(last_1h):avg:smoke_test.success{*} by {run_id} < 0.9", "nobody sends the tag"),
        ("sum(last_1h):sum:smoke_test.heartbeat{*} < 0.9", "as_count"),
        ("p95(last_1h):avg:smoke_test.success{*} < 0.9", "no metric query"),
        ("this is not a query", "no metric query"),
    ],
)
def test_the_grammar_can_say_no(query: str, reason: str) -> None:
    """What Datadog refuses is refused here too, so that a yes means something."""
    fault = query_fault({"type": "query alert", "query": query, "options": {"thresholds": {"critical": 0.9}}})
    assert fault
    assert reason in fault


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_has_a_form_or_a_reason(measure: Measure) -> None:
    """A measure that is added later cannot be forgotten: it must be either."""
    of = "(*.total_ms)" if measure in {"mean", "median", "p95", "max", "min"} else ""
    few = measure in {Measure.SUCCESS_RATE, Measure.AVAILABILITY, Measure.ERROR_RATE}
    rule = a_rule(
        f"{measure}{of} > {'0.5' if few else '1'}",
        window="7 days" if measure in {"availability", "missed_slots"} else "1 run",
        per=Per.ACCOUNT if measure is Measure.PASSWORD_AGE else Per.ENVIRONMENT,
        severity=Severity.LOW,
    )
    found = query_of(rule, [HALF_HOURLY])
    assert str(found)
    assert not isinstance(found, Omitted) or found.reason


@pytest.mark.parametrize(
    ("condition", "window", "schedule", "expected"),
    [
        ("success_rate < 0.9", "1 run", HALF_HOURLY, "last_1h"),
        ("success_rate < 0.9", "3 runs", HALF_HOURLY, "last_90m"),
        ("success_rate < 0.9", "12h", HALF_HOURLY, "last_12h"),
        ("success_rate < 0.9", "1 day", HALF_HOURLY, "last_1d"),
        ("success_rate < 0.9", "1 run", EVERY_MINUTE, "last_5m"),
        ("missed_slots >= 1", "6h", HALF_HOURLY, "last_1h"),
        ("missed_slots >= 3", "6h", HALF_HOURLY, "last_90m"),
    ],
)
def test_windows_fit_a_sparse_series(condition: str, window: str, schedule: Schedule, expected: str) -> None:
    """A window holds two runs at least, because one comes late; every half an hour that is an hour."""
    assert f"({expected})" in asked(condition, schedule, window=window)


def test_a_window_beyond_a_week_has_no_form() -> None:
    """Datadog looks back a week and no further: that is a reason, not a shorter window without a word."""
    found = query_of(a_rule("availability < 0.9", window="30 days"), [HALF_HOURLY])
    assert isinstance(found, Omitted)
    assert "7d" in found.reason


@pytest.mark.parametrize("seconds", [0, 59, 7 * 86400 + 60])
def test_a_window_that_datadog_does_not_know_cannot_be_written(seconds: int) -> None:
    """Neither nothing nor more than a week is a window."""
    with pytest.raises(ValueError, match="looks back"):
        last(seconds)


def test_failures_are_asked_of_the_successes(alerts: Alerting) -> None:
    """More than 5 % that fail is less than 95 % that succeed, and so is its recovery turned round."""
    query = query_of(a_rule("error_rate > 5 %", close_at=0.02), [HALF_HOURLY])
    assert isinstance(query, MetricQuery)
    assert (query.comparison, query.threshold, query.recovery) == ("<", 0.95, 0.98)
    made = monitor(a_rule("error_rate > 5 %", close_at=0.02), query, alerts.book, TELLING)
    assert made.document["options"]["thresholds"] == {"critical": 0.95, "critical_recovery": 0.98}


def test_a_recovery_at_the_threshold_is_none() -> None:
    """Datadog refuses a recovery that is not better than the threshold."""
    alerts = shipped()
    rule = a_rule("success_rate < 0.9", close_at=0.9)
    query = query_of(rule, [HALF_HOURLY])
    assert not isinstance(query, Omitted)
    assert monitor(rule, query, alerts.book, TELLING).document["options"]["thresholds"] == {"critical": 0.9}


def test_consecutive_failures_of_one_place_are_counted_by_datadog_itself() -> None:
    """Service checks know how many came in a row; lists of places they do not know."""
    exact = asked("consecutive_failures >= 3", window="3 runs", suites=("shop",), close_after=2)
    assert exact.startswith('"smoke_test.up".over("suite:shop", "env:production", "execution_point:scheduled")')
    assert exact.endswith(".last(4).count_by_status()")
    listed = asked("consecutive_failures >= 3", window="3 runs", environments=("canary", "production"), cadence="30m")
    assert listed.startswith("max(last_90m):max:smoke_test.success{env IN (canary, production)")


@pytest.mark.parametrize(
    ("reading", "metric", "where"),
    [
        ("*.total_ms", "smoke_test.api_response", "scheduled}"),
        ("uptime.*.total_ms", "smoke_test.api_response", "(check:uptime OR check:uptime.*)"),
        ("api.test.total_ms", "smoke_test.api_response", "(check:api.test OR check:api.test.*)"),
        ("homepage.load_ms", "smoke_test.homepage_load", "scheduled}"),
        ("*.cache_hit_rate", "smoke_test.cache_hit_rate", "scheduled}"),
    ],
)
def test_readings_are_asked_under_the_name_that_they_are_sent_by(reading: str, metric: str, where: str) -> None:
    """A pattern of readings becomes a metric and a branch of checks."""
    query = asked(f"max({reading}) > 800")
    assert f"max:{metric}{{" in query
    assert where in query


def test_a_pattern_that_is_no_branch_has_no_form() -> None:
    """Datadog's wildcards are not ours."""
    assert isinstance(query_of(a_rule("max(up[td]*.total_ms) > 800"), [HALF_HOURLY]), Omitted)


def test_only_the_heartbeat_tells_that_nothing_came(alerts: Alerting) -> None:
    """One missed run is told once, by the monitor whose business it is, after twice its window."""
    made, _ = monitors(alerts.book, alerts.schedules, TELLING, None)
    options = {each.name: each.document["options"] for each in made}
    telling = [name for name, each in options.items() if each["notify_no_data"]]
    assert telling == ["heartbeat_missing"]
    assert options["heartbeat_missing"]["no_data_timeframe"] == 120
    assert options["heartbeat_missing"]["renotify_statuses"] == ["no data"]
    metric = [each for each in made if each.document["type"] == "query alert"]
    assert {each.document["options"]["require_full_window"] for each in metric} == {False}


def test_a_monitor_says_what_to_do_and_whom_it_tells() -> None:
    """Title, condition, first step, runbook; handles in Datadog's words, and nobody twice."""
    notify = ("oncall@example.com", "slack:#alerts", "pagerduty", "github", "slack:#alerts")
    rule = a_rule("success_rate < 0.9", notify=notify, hint="Look", runbook="docs/guide.md#r")
    text = message(rule, Telling(handles={"pagerduty": "@pagerduty-Web"}, runbooks="https://example.com/main/"))
    assert "{{#is_alert}}It fails: success_rate < 90.00% over 1 run.\nLook.\n" in text
    assert "Runbook: https://example.com/main/docs/guide.md#r{{/is_alert}}" in text
    assert text.endswith("{{/is_recovery}}\n@oncall@example.com @slack-alerts @pagerduty-Web")
    assert not re.search(r"(?<!\{)\{(?!\{)", text)


def test_a_runbook_that_is_an_address_stays_one() -> None:
    """Only files of the project stand below the project's address."""
    rule = a_rule("success_rate < 0.9", runbook="https://wiki.example.com/r")
    assert "Runbook: https://wiki.example.com/r{{" in message(rule, TELLING)


def test_severities_are_priorities_in_order() -> None:
    """Critical is Datadog's first priority, low its fourth."""
    assert [priority(each) for each in Severity] == [1, 2, 3, 4]


def test_an_environment_chooses_rules_and_changes_none(alerts: Alerting) -> None:
    """With --env the rules that watch it are synced as they are: two environments never overwrite each other."""
    every, _ = monitors(alerts.book, alerts.schedules, TELLING, None)
    canary, _ = monitors(alerts.book, alerts.schedules, TELLING, "canary")
    assert [each.name for each in canary] == ["canary_failed", "release_error_rate"]
    assert [each for each in canary if each not in every] == []


@pytest.mark.parametrize(
    ("condition", "more", "reason"),
    [
        ("failures < 3", {"window": "9 runs"}, "it asks for few of what is bad"),
        ("consecutive_failures <= 3", {"window": "9 runs"}, "it asks for few of what is bad"),
        (
            f"consecutive_failures >= {LONGEST_COUNT}",
            {"window": f"{LONGEST_COUNT} runs", "suites": ("shop",)},
            f"Datadog looks back at {LONGEST_COUNT} statuses at most",
        ),
    ],
)
def test_what_datadog_cannot_count_is_named(condition: str, more: dict[str, Any], reason: str) -> None:
    omitted = query_of(a_rule(condition, **more), [HALF_HOURLY])
    assert isinstance(omitted, Omitted)
    assert reason in omitted.reason
