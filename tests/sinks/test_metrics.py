"""What a run says in numbers, and what it never says."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoke.judging.judged import CheckResult, Run
from smoke.model import Action, Blame, Category, Check, CheckKind, Outcome, Scope
from smoke.observation import Measurement, Step, Unit
from smoke.sinks.metrics import LONGEST_TAG, TAG_KEYS, Kind, MetricName, metrics_of, success_of, tag_value
from tests.support.run_builder import a_finding, a_measurement, a_result, a_run, a_typical_run, an_attempt

SUFFIXES = ["ttfb_ms", "fcp_ms", "lcp_ms", "cls", "dcl_ms", "load_ms", "total_ms", "dns_ms", "db_ms"]
SUFFIXES += ["cache_hit_rate", "error_rate", "other"]
names = st.one_of(
    st.text(max_size=30),
    st.builds("{}.{}".format, st.sampled_from(["homepage", "health.api", ""]), st.sampled_from(SUFFIXES)),
)
numbers = st.one_of(st.none(), st.floats(), st.integers(-10, 10**12).map(float), st.floats(0, 1))
measurements = st.builds(Measurement, name=names, value=numbers, unit=st.sampled_from(Unit))
steps = st.builds(Step, name=st.text(max_size=9), duration_ms=st.floats())
attempts = st.builds(
    an_attempt,
    duration_ms=st.floats(),
    measurements=st.lists(measurements, max_size=6).map(tuple),
    steps=st.lists(steps, max_size=3).map(tuple),
)
checks = st.builds(
    Check,
    id=st.text(max_size=300),
    title=st.text(max_size=5),
    category=st.sampled_from(Category),
    kind=st.sampled_from(CheckKind),
    critical=st.booleans(),
    scope=st.sampled_from(Scope),
    source=st.just("checks.yaml:1"),
)
results = st.builds(
    CheckResult,
    check=checks,
    outcome=st.sampled_from(Outcome),
    blame=st.one_of(st.none(), st.sampled_from(Blame)),
    attempts=st.lists(attempts, max_size=3).map(tuple),
)
runs = st.builds(
    Run,
    run_id=st.uuids().map(str),
    suite=st.text(max_size=250),
    environment=st.text(max_size=20),
    execution_point=st.text(max_size=20),
    region=st.text(max_size=20),
    browser=st.text(max_size=20),
    base_url=st.just("https://shop.example"),
    started=st.floats(0, 4e9),
    finished=st.floats(0, 4e9),
    verdict=st.sampled_from(Outcome),
    passed=st.booleans(),
    action=st.sampled_from(Action),
    reason=st.text(max_size=20),
    failed_category=st.one_of(st.none(), st.sampled_from(Category)),
    results=st.lists(results, max_size=4).map(tuple),
    target_s=st.just(30.0),
    timeout_s=st.just(60.0),
)


def values(run: Run) -> dict[str, float]:
    return {str(metric.name): metric.value for metric in metrics_of(run)}


@settings(deadline=None)
@given(runs)
def test_metrics_stay_inside_the_allow_lists(run):
    """For any run at all: known names, kinds and units, plausible numbers, and only the allowed tags in valid form."""
    for metric in metrics_of(run):
        assert metric.name in MetricName
        assert (metric.kind, metric.unit) == (metric.name.kind, metric.name.unit)
        assert math.isfinite(metric.value)
        assert metric.value >= 0
        assert metric.unit is not Unit.RATIO or metric.value <= 1
        assert list(metric.tags) == sorted(metric.tags)
        for tag in metric.tags:
            key, _, value = tag.partition(":")
            assert key in TAG_KEYS
            assert re.fullmatch(r"[a-z0-9._-]*[a-z0-9.-]", value)
            assert "__" not in value
            assert len(tag) <= LONGEST_TAG


@pytest.mark.parametrize("name", ["a" * 300, "a" * 193 + "_" + "b" * 100])
def test_a_long_name_is_cut_to_a_valid_tag(name):
    """Datadog takes 200 characters of a tag, key included; a cut never leaves an underscore at its end."""
    (tag,) = {tag for tag in metrics_of(a_run(suite=name))[0].tags if tag.startswith("suite:")}
    assert re.fullmatch(r"suite:a+", tag)
    assert LONGEST_TAG - 1 <= len(tag) <= LONGEST_TAG


@settings(deadline=None)
@given(runs)
def test_a_series_has_one_point_for_each_run(run):
    """No two metrics of a run share name and tags: at Datadog the second would silently replace the first."""
    metrics = metrics_of(run)
    assert len({(metric.name, metric.tags) for metric in metrics}) == len(metrics)


@settings(deadline=None)
@given(runs)
def test_the_heartbeat_is_always_there(run):
    """Whatever happened, a run that ended says that it ran: its absence is the dead-man switch."""
    assert values(run)["smoke_test.heartbeat"] == 1


@settings(deadline=None)
@given(runs)
def test_the_run_id_and_the_address_are_in_no_tag(run):
    """What is different in every run, or unbounded, is no tag."""
    tags = {tag for metric in metrics_of(run) for tag in metric.tags}
    assert not any(run.run_id in tag or "shop.example" in tag for tag in tags)


def test_a_typical_run_gives_these_metrics():
    """The whole vocabulary with the numbers it takes from a page and a probe."""
    assert values(a_typical_run()) == {
        "smoke_test.heartbeat": 1,
        "smoke_test.duration": 12500,
        "smoke_test.success": 1,
        "smoke_test.check.success": 1,
        "smoke_test.check.duration": 120,
        "smoke_test.step.duration": 80,
        "smoke_test.homepage_load": 412,
        "smoke_test.web_vital.ttfb": 31.5,
        "smoke_test.web_vital.fcp": 250,
        "smoke_test.web_vital.cls": 0.01,
        "smoke_test.api_response": 42,
        "smoke_test.db_query": 3,
        "smoke_test.cache_hit_rate": 0.93,
        "smoke_test.error_rate": 0.002,
        "smoke_test.queue_depth": 4,
        "smoke_test.tls_days_left": 80.5,
    }


def test_tags_say_where_and_what():
    """A journey's metric carries all seven tags; a probe has no browser; the run as a whole has no check."""
    tags = {(metric.name, "category:api-health" in metric.tags): metric.tags for metric in metrics_of(a_typical_run())}
    run_tags = ("env:production", "execution_point:scheduled", "region:eu-west-1", "suite:shop")
    assert tags[MetricName.SUCCESS, False] == ("browser:chromium", *run_tags)
    assert tags[MetricName.API_RESPONSE, True] == ("category:api-health", "check:health.api", *run_tags)
    assert tags[MetricName.HOMEPAGE_LOAD, False] == (
        "browser:chromium", "category:critical-paths", "check:homepage.load", *run_tags,
    )  # fmt: skip


def test_only_the_heartbeat_is_a_count():
    """Runs are counted; everything else is a level."""
    counts = {metric.name for metric in metrics_of(a_typical_run()) if metric.kind is Kind.COUNT}
    assert counts == {MetricName.HEARTBEAT}


@pytest.mark.parametrize(
    ("outcome", "success"),
    [
        (Outcome.PASS, 1),
        (Outcome.FLAKY, 1),
        (Outcome.FAIL, 0),
        (Outcome.INCONCLUSIVE, None),
        (Outcome.NOT_RUN, None),
    ],
)
def test_success_is_only_claimed_where_it_was_judged(outcome, success):
    """INCONCLUSIVE and NOT_RUN are neither a success nor a failure: they send no success at all."""
    run = a_run(a_result(outcome=outcome), verdict=outcome)
    assert values(run).get("smoke_test.success") == success
    assert values(run).get("smoke_test.check.success") == success


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_success_or_none(outcome):
    """No outcome can reach a sink without a decision about it."""
    assert success_of(outcome) in {0, 1, None}


def test_an_inconclusive_check_sends_no_numbers():
    """A time taken while an edge blocked us says nothing about the application."""
    blocked = an_attempt(a_measurement("health.api.total_ms", 3.0), findings=(a_finding(Blame.EDGE_BLOCKED),))
    run = a_run(a_result(blocked, outcome=Outcome.INCONCLUSIVE), verdict=Outcome.INCONCLUSIVE)
    assert set(values(run)) == {"smoke_test.heartbeat", "smoke_test.duration"}


def test_a_slow_failure_still_sends_its_time():
    """The number that broke the budget is the one that alerts on slowness need."""
    slow = an_attempt(a_measurement("health.api.total_ms", 900.0), findings=(a_finding(Blame.SLOW),))
    assert values(a_run(a_result(slow, outcome=Outcome.FAIL)))["smoke_test.api_response"] == 900


def test_the_deciding_attempt_is_measured():
    """A flaky check sends the numbers of the attempt that decided, and the time of all attempts."""
    first = an_attempt(a_measurement("health.api.total_ms", 900.0), findings=(a_finding(),))
    second = an_attempt(a_measurement("health.api.total_ms", 40.0), number=2)
    sent = values(a_run(a_result(first, second, outcome=Outcome.FLAKY)))
    assert sent["smoke_test.api_response"] == 40
    assert sent["smoke_test.check.duration"] == 240


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -1.0])
def test_what_was_not_observed_is_not_sent(value):
    """Not observed, not a number and impossible are never zero: they are absent."""
    run = a_run(a_result(an_attempt(a_measurement("health.api.total_ms", value))))
    assert "smoke_test.api_response" not in values(run)


def test_a_percentage_is_not_sent_as_a_ratio():
    """93 where 0.93 is meant would read as 9300 %; nothing is sent."""
    run = a_run(a_result(an_attempt(a_measurement("health.api.cache_hit_rate", 93.0, Unit.RATIO))))
    assert "smoke_test.cache_hit_rate" not in values(run)


def test_the_worst_of_several_numbers_is_sent():
    """A check that took several numbers of a kind sends the one that matters: slowest query, lowest hit rate."""
    attempt = an_attempt(
        a_measurement("users.db_ms", 3.0),
        a_measurement("orders.db_ms", 70.0),
        a_measurement("users.cache_hit_rate", 0.9, Unit.RATIO),
        a_measurement("orders.cache_hit_rate", 0.2, Unit.RATIO),
    )
    sent = values(a_run(a_result(attempt)))
    assert (sent["smoke_test.db_query"], sent["smoke_test.cache_hit_rate"]) == (70, 0.2)


def test_waiting_jobs_and_the_end_of_certificates_are_sent():
    """The longest queue and the certificate that ends first are what rules and monitors ask for."""
    attempt = an_attempt(
        a_measurement("mail.queue_depth", 3.0, Unit.COUNT),
        a_measurement("images.queue_depth", 1200.0, Unit.COUNT),
        a_measurement("api.tls_days_left", 80.0, Unit.DAYS),
        a_measurement("shop.tls_days_left", 9.5, Unit.DAYS),
    )
    sent = values(a_run(a_result(attempt)))
    assert (sent["smoke_test.queue_depth"], sent["smoke_test.tls_days_left"]) == (1200, 9.5)


def test_a_response_inside_a_journey_is_no_api_response():
    """API response times come from probes; a journey's own times have other names."""
    journey = a_result(an_attempt(a_measurement("login.total_ms", 5.0)), kind=CheckKind.JOURNEY)
    assert "smoke_test.api_response" not in values(a_run(journey))


def test_only_the_homepage_has_a_homepage_load():
    """The load of another page is not sent under the homepage's name."""
    page = a_result(an_attempt(a_measurement("enhance.load_ms", 5.0)), kind=CheckKind.JOURNEY)
    assert "smoke_test.homepage_load" not in values(a_run(page))


def test_a_clock_that_was_set_back_sends_no_duration():
    """A run that seems to end before it began has no duration, rather than a negative one."""
    run = a_typical_run()
    assert "smoke_test.duration" not in values(replace(run, finished=run.started - 5))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("EU West (1)", "eu_west_1"),
        ("a:b,c|d", "a_b_c_d"),
        ("post-staging", "post-staging"),
        ("login.basic", "login.basic"),
        ("__x__", "x"),
        ("Zürich\n", "z_rich"),
        ("💥", ""),
    ],
)
def test_tag_values_are_what_datadog_would_store(text, clean):
    """Lower case, known characters, no doubled or trailing underscores: what we send is what can be searched for."""
    assert tag_value(text) == clean
