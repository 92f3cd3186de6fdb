"""The four keys say what the deployments were, with how many they say it, and nothing where there is nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.dora.deployment import Deployment, marked_failed
from smoke.dora.document import history_jsonl, metrics_json
from smoke.dora.metrics import DAY_S, HOUR_S, WEEK_S, Band, four_keys
from tests.support.run_builder import a_deployment

START = 1_767_225_600.0  # 2026-01-01


def deployed(day: float, build: str = "b", **changes: Any) -> Deployment:
    return a_deployment(START + day * DAY_S, build, **changes)


def keys(*deployments, days=30):
    return four_keys(deployments, START, START + days * DAY_S)


def test_nothing_deployed_is_unknown_and_not_good():
    found = keys()
    assert {found.frequency.band, found.lead_time.band, found.failure_rate.band} == {Band.UNKNOWN}
    assert (found.failure_rate.share, found.lead_time.mean_s, found.restore.times.mean_s) == (None, None, None)


@pytest.mark.parametrize(
    ("count", "band"), [(30, Band.ELITE), (29, Band.HIGH), (5, Band.HIGH), (4, Band.MEDIUM), (1, Band.MEDIUM)]
)
def test_frequency_counts_deployments_by_week(count, band):
    found = keys(*(deployed(day) for day in range(count))).frequency
    assert (found.deployments, found.per_week, found.band) == (count, pytest.approx(count * 7 / 30), band)


def test_a_rollback_is_no_deployment():
    found = keys(deployed(1), deployed(2, point="post-rollback"))
    assert (found.frequency.deployments, found.failure_rate.deployments) == (1, 1)


def test_lead_time_is_from_commit_to_deployed_where_the_commit_is_known():
    found = keys(deployed(1, lead_s=600), deployed(2, lead_s=1200), deployed(3)).lead_time
    assert (found.samples, found.mean_s, found.p95_s, found.band) == (2, 900, 1200, Band.ELITE)


@pytest.mark.parametrize(("failed", "band"), [(3, Band.ELITE), (4, Band.HIGH), (9, Band.MEDIUM), (10, Band.LOW)])
def test_the_failure_rate_has_the_bands_of_the_seed(failed, band):
    found = keys(*(deployed(day, success=day >= failed) for day in range(20))).failure_rate
    assert (len(found.failures), found.share, found.band) == (failed, failed / 20, band)


def test_service_is_restored_by_the_next_good_gate_a_rollback_too():
    found = keys(
        deployed(1, success=False), deployed(1 + 0.5 / 24, point="post-rollback"), deployed(2, success=False)
    ).restore
    assert (found.times.samples, found.times.mean_s, found.times.band) == (1, pytest.approx(HOUR_S / 2), Band.ELITE)
    assert found.open == 1


def test_failures_in_a_row_are_one_outage():
    found = keys(deployed(1, success=False), deployed(2, success=False), deployed(3)).restore
    assert (found.times.samples, found.times.mean_s) == (1, pytest.approx(2 * DAY_S))


def test_a_failure_that_is_noticed_later_counts_from_then():
    good, later = deployed(1, "b1"), deployed(5, "b2")
    marked = marked_failed([good, later], "b1", "hotfix", START + 4 * DAY_S)
    assert [each.success for each in marked] == [False, True]
    found = four_keys(marked, START, START + 30 * DAY_S)
    assert found.restore.times.mean_s == pytest.approx(DAY_S)
    assert json.loads(metrics_json(found))["change_failure_rate"]["failures"][0]["detection_time_minutes"] == 4320


def test_a_build_that_was_never_deployed_cannot_be_marked():
    with pytest.raises(KeyError, match="b9"):
        marked_failed([deployed(1, "b1")], "b9", "hotfix", START)


@given(days=st.lists(st.tuples(st.floats(0, 40), st.booleans(), st.sampled_from(["post-production", "post-rollback"]))))
def test_the_order_of_records_does_not_matter_and_no_figure_is_negative(days):
    records = [deployed(day, f"b{number}", success=good, point=point) for number, (day, good, point) in enumerate(days)]
    one = keys(*records)
    assert one == keys(*reversed(records)) or len({each.at for each in records}) < len(records)
    assert (one.restore.times.mean_s or 0) >= 0
    assert 0 <= (one.failure_rate.share or 0) <= 1


def test_the_documents_have_the_shape_of_the_seed():
    records = [deployed(1, "b1", lead_s=HOUR_S), deployed(8, "b2", success=False)]
    document = json.loads(metrics_json(four_keys(records, START, START + WEEK_S * 4)))
    assert document["deployment_frequency"] == {
        "total_deployments": 2, "deployments_per_week": 0.5, "rating": "Medium",
    }  # fmt: skip
    assert document["lead_time_for_changes"] == {
        "samples": 1, "avg_minutes": 60.0, "p95_minutes": 60.0, "rating": "High",
    }  # fmt: skip
    assert document["change_failure_rate"]["percentage"] == 50.0
    assert document["time_to_restore_service"]["open"] == 1
    lines = [json.loads(line) for line in history_jsonl(records).splitlines()]
    assert [(line["timestamp"], line["success"]) for line in lines] == [
        ("2026-01-02T00:00:00Z", True),
        ("2026-01-09T00:00:00Z", False),
    ]
