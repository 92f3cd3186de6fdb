"""What monitoring-integration.yaml may say of Datadog, beside what its sink needs."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from smoke.config.problems import ConfigError, Problem, both
from smoke.sinks._datadog_terms import Synthetics
from smoke.sinks.datadog import Datadog


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"retry_after": "9s"}, "5 seconds at most"),
        ({"every": "10s"}, "every 30 seconds"),
        ({"locations": ("a",), "failing_locations": 2}, "takes 2 locations"),
    ],
)
def test_what_datadog_would_not_take_is_refused_in_the_yaml(options: dict[str, object], reason: str) -> None:
    """Limits of Datadog are told where they are written."""
    with pytest.raises(ValueError, match=reason):
        TypeAdapter(Synthetics).validate_python(options)


def test_what_datadog_takes_is_taken_as_far_as_its_limits_go() -> None:
    taken = TypeAdapter(Synthetics).validate_python({"retry_after": "5s", "every": "30s"})
    assert (taken.retry_after, taken.every) == ("5s", "30s")
    assert TypeAdapter(Synthetics).validate_python({"every": "7 days"}).every == "7 days"


@pytest.mark.parametrize("handle", ["pagerduty-Web", "@two words", "@{{#is_alert}}", "@"])
def test_a_handle_is_one_of_datadog(handle: str) -> None:
    """What is no handle would be text of the message, and nobody would be told."""
    with pytest.raises(ValueError, match="a handle of Datadog is @ and a name"):
        TypeAdapter(Datadog).validate_python({"handles": {"pagerduty": handle}})


def test_keys_stand_in_the_environment_and_never_in_yaml() -> None:
    """The file names variables; a value in place of one is refused, and both are masked in messages."""
    with pytest.raises(ValueError, match="names an environment variable"):
        TypeAdapter(Datadog).validate_python({"app_key": "fedcba9876543210"})
    assert Datadog(app_key="OTHER").secrets == ("DD_API_KEY", "OTHER")
    assert Datadog(app_key="OTHER").needed == ("DD_API_KEY",)


def test_the_problems_of_two_steps_are_told_together() -> None:
    """Whoever puts one right need not come back for the other."""

    def wrong(name: str) -> None:
        raise ConfigError([Problem(name, 1, "", "is wrong")])

    with pytest.raises(ConfigError) as failure:
        both(lambda: wrong("a"), lambda: wrong("b"))
    assert [each.file for each in failure.value.problems] == ["a", "b"]
    with pytest.raises(ConfigError, match="is wrong"):
        both(lambda: 1, lambda: wrong("b"))
    assert both(lambda: 1, lambda: "2") == (1, "2")
