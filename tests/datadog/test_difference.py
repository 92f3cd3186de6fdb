"""What would change: pure comparison of what stands there with what should."""

from __future__ import annotations

import json

import pytest

from smoke.datadog.definition import Definition, Existing, Kind, tagged
from smoke.datadog.difference import Change, Create, Keep, Surplus, differences, steps
from tests.support.datadog_spec import recorded


def wanted(name: str, **document: object) -> Definition:
    return Definition(kind=Kind.MONITOR, name=name, document=document)


def there(name: str, id_: str, **document: object) -> Existing:
    return Existing(kind=Kind.MONITOR, name=name, id=id_, document=document)


@pytest.mark.parametrize(
    ("found", "should_be", "places"),
    [
        ({"a": 1.0, "id": 7}, {"a": 1}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, ["a.b"]),
        ({}, {"a": None}, []),
        ({}, {"a": 1}, ["a"]),
        ({"tags": ["y", "x"]}, {"tags": ["x", "y"]}, []),
        ({"tags": ["x", "y", "by-hand"]}, {"tags": ["x", "y"]}, ["tags"]),
        ({"w": [{"a": 1, "id": 1}]}, {"w": [{"a": 1}]}, []),
        ({"w": [{"a": 1}, {"a": 2}]}, {"w": [{"a": 2}, {"a": 1}]}, ["w[0].a", "w[1].a"]),
        ({"w": [1, 2]}, {"w": [1]}, ["w"]),
        ({"a": True}, {"a": False}, ["a"]),
        ({"a": "x"}, {"a": {"b": 1}}, ["a"]),
    ],
)
def test_only_what_we_say_is_compared(found: object, should_be: object, places: list[str]) -> None:
    """Ids, times and defaults of Datadog's are no difference; a value, an order or a length of ours is."""
    assert [each.key for each in differences(found, should_be)] == places


def test_steps_make_change_keep_and_show_what_is_too_much() -> None:
    """In the order of the YAML; of two with one name the older is kept."""
    found = steps(
        [wanted("new", a=1), wanted("same", a=1), wanted("drifted", a=1)],
        [there("gone", "9", a=1), there("same", "100", a=1), there("same", "20", a=1), there("drifted", "30", a=2)],
    )
    new, same, drifted, *rest = found
    assert isinstance(new, Create)
    assert isinstance(same, Keep)
    assert same.id == "20"
    assert isinstance(drifted, Change)
    assert [(each.key, each.is_, each.should_be) for each in drifted.differences] == [("a", 2, 1)]
    assert sorted((each.existing.name, each.existing.id) for each in rest if isinstance(each, Surplus)) == [
        ("gone", "9"),
        ("same", "100"),
    ]


def test_of_two_the_one_that_came_first_is_ours() -> None:
    """Ids of dashboards are drawn by lot: only when they were made tells a copy from what it was copied from."""
    copy = there("board", "aaa-aaa-aaa", a=1, created_at="2026-11-21T12:00:00+00:00")
    first = there("board", "zzz-zzz-zzz", a=1, created_at="2026-11-20T12:00:00+00:00")
    kept, surplus = steps([wanted("board", a=1)], [copy, first])
    assert isinstance(kept, Keep)
    assert kept.id == "zzz-zzz-zzz"
    assert isinstance(surplus, Surplus)
    assert surplus.existing is copy


@pytest.mark.parametrize("tags", [["smoke-rule:r"], ["managed-by:other", "smoke-rule:r"], ["managed-by:smoke"]])
def test_what_does_not_bear_our_mark_has_no_name(tags: list[str]) -> None:
    """A tag that looks like ours is not enough."""
    assert tagged(tags, "smoke-rule") is None


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("create_a_metric_monitor_returns_ok_response", ["type"]),
        ("edit_a_monitor_returns_ok_response", []),
        ("create_a_new_dashboard_with_query_value_widget", []),
        ("create_a_new_dashboard_with_check_status_widget", []),
        ("create_a_new_dashboard_with_manage_status_widget", []),
        ("create_a_new_dashboard_with_timeseries_widget_with_custom_unit", []),
        ("create_a_new_dashboard_with_template_variable_defaults_returns_ok_response", []),
        (
            "create_an_api_test_returns_ok_returns_the_created_test_details_response",
            ["config.request.certificate.cert.content", "config.request.certificate.key.content"],
        ),
    ],
)
@pytest.mark.long
def test_what_datadog_once_answered_is_what_it_was_sent(name: str, places: list[str]) -> None:
    """Of recorded conversations: the stored thing differs from the one sent by nothing but what we never write."""
    first = recorded("v1", name)[0]
    assert [each.key for each in differences(json.loads(first.answer), json.loads(first.sent))] == places
