"""channels of monitoring-integration.yaml: everybody whom a rule names is reached, and what is said where not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from smoke.channels.registry import available
from smoke.config.monitoring import monitoring
from smoke.config.project import examined
from tests.config.test_alerting import CHANNELS, RULE, project, told
from tests.config.test_monitoring import complaint

MONITORING = "config/monitoring-integration.yaml"


def test_a_recipient_whom_no_channel_reaches_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    made = project(tmp_path, {"notify": '["slack:#alerts", "slack:#nowhere"]'})
    assert told(made) == [
        (
            "alert-rules.yaml, line 12, rules[0].notify[1]: nobody is reached as 'slack:#nowhere': add it to serves of "
            "a channel in config/monitoring-integration.yaml, or change it"
        )
    ]


def test_a_role_whom_no_channel_reaches_is_an_error_where_an_escalation_needs_it(tmp_path: Path) -> None:
    made = project(tmp_path, {"escalation": "matrix"})
    made.write(MONITORING, CHANNELS.replace("[pagerduty]", "[somebody]"))
    (problem,) = told(made)
    assert problem.startswith("alert-rules.yaml, line 7, roles.on-call.notify[0]: nobody is reached as 'pagerduty'")


def test_a_recipient_must_be_reached_in_each_environment_of_the_rule(tmp_path: Path) -> None:
    made = project(tmp_path, {"environments": "[canary, local]"})
    made.write(MONITORING, CHANNELS.replace("webhook: SLACK", "webhook: SLACK, environments: [local]"))
    (problem,) = told(made)
    assert "nobody is reached as 'slack:#alerts' in canary: add it" in problem


def test_rules_without_any_channel_are_one_problem(tmp_path: Path) -> None:
    made = project(tmp_path, {}, {"name": "again"})
    made.write(MONITORING, "sinks: []\n")
    (problem,) = told(made)
    assert "names recipients, and config/monitoring-integration.yaml has no channel" in problem


def test_what_is_wrong_with_channels_is_told_with_line_and_key(tmp_path: Path) -> None:
    made = project(tmp_path, RULE)
    twice = "channels:\n  - {channel: slack, serves: [a], webhook: A}\n  - {channel: slack, serves: [b], webhook: B}\n"
    assert "line 3, channels[1]: slack is listed twice; give each a name of its own" in complaint(made, twice)
    odd = "channels:\n  - {channel: slack, name: 'A b', serves: [a], webhook: A}\n"
    assert "line 2, channels[0].name: is small letters, digits and hyphens" in complaint(made, odd)
    value = "channels:\n  - {channel: slack, serves: [a], webhook: 'https://hooks.slack.com/services/T/B/X'}\n"
    assert "names an environment variable" in complaint(made, value)
    assert "serves" in complaint(made, "channels:\n  - {channel: slack, webhook: A}\n")
    assert "links.report: begins with https://" in complaint(made, "links: {report: 'ftp://x'}\n").replace("\n", "")


def test_links_are_addresses(tmp_path: Path) -> None:
    made = project(tmp_path, RULE)
    made.write(MONITORING, "links: {report: 'https://ci.example/{run_id}', runbooks: 'http://git.example/shop'}\n")
    links = monitoring(made.root).links
    assert (links.report, links.runbooks) == ("https://ci.example/{run_id}", "http://git.example/shop")


def test_a_channel_for_an_environment_that_nobody_has_is_told(tmp_path: Path) -> None:
    made = project(tmp_path, {})
    made.write(MONITORING, CHANNELS + "  - {channel: slack, name: b, serves: [b], webhook: B, environments: [canry]}\n")
    (problem,) = [str(each) for each in examined(made.root, date.min).problems]
    assert "no suite has an environment 'canry'; did you mean 'canary'?" in problem


def test_every_kind_of_channel_has_a_name_of_its_own() -> None:
    assert len({kind.options.__dataclass_fields__["channel"].default for kind in available()}) == 5
