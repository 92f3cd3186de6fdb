"""monitoring-integration.yaml: which sinks are on, and what is said where it is wrong."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from smoke.config.monitoring import MONITORING, Monitoring, monitoring
from smoke.config.problems import ConfigError
from smoke.config.project import examined
from smoke.sinks.otlp import Preset
from tests.support import warm
from tests.support.project import Project, a_project

TODAY = date(2026, 11, 2)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def labels(found: Monitoring, environment: str = "local") -> list[str]:
    return [outlet.label for outlet in found.in_environment(environment)]


def complaint(project: Project, text: str) -> str:
    project.write(MONITORING, text)
    with pytest.raises(ConfigError) as wrong:
        monitoring(project.root)
    return str(wrong.value)


def test_without_the_file_datadog_and_the_file_are_on(project):
    """Datadog pushes as soon as its key is there; the reports have their metrics always."""
    assert labels(monitoring(project.root)) == ["datadog", "file"]


def test_with_the_file_only_what_it_lists_is_on(project):
    """Whoever lists sinks means these, and the file in the reports besides."""
    project.write(MONITORING, "sinks:\n  - sink: statsd\n")
    assert labels(monitoring(project.root)) == ["statsd", "file"]


def test_a_sink_may_be_for_some_environments(project):
    """A run is told only to the sinks of its environment."""
    project.write(MONITORING, "sinks:\n  - {sink: datadog, environments: [canary]}\n  - sink: statsd\n")
    found = monitoring(project.root)
    assert (labels(found, "local"), labels(found, "canary")) == (["statsd", "file"], ["datadog", "statsd", "file"])


def test_several_services_may_speak_otlp(project):
    """Each preset is a sink of its own, with a label of its own."""
    presets = "".join(f"  - {{sink: otlp, preset: {preset}}}\n" for preset in Preset)
    project.write(MONITORING, f"sinks:\n{presets}")
    assert labels(monitoring(project.root)) == [*(f"otlp {preset}" for preset in Preset), "file"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sinks: [{sink: promethus}]", "line 1, sinks[0].sink: unknown sink 'promethus'; did you mean 'prometheus'?"),
        (
            "sinks: [{sink: pigeon}]",
            "line 1, sinks[0].sink: unknown sink 'pigeon'; known: cloudwatch, datadog, file, otlp, prometheus, statsd",
        ),
        ("sinks:\n  - preset: new-relic", "line 2, sinks[0].sink: is required and missing"),
        ("sinks:\n  - sink: otlp", "line 2, sinks[0].preset: is required and missing"),
        ("sinks:\n  - sink: datadog\n    keys: X", "line 3, sinks[0].keys: unknown key; did you mean 'key'?"),
        (
            "sinks:\n  - sink: datadog\n    key: 0123456789abcdef",
            "line 3, sinks[0].key: names an environment variable such as DD_API_KEY, which holds the value",
        ),
        (
            "sinks:\n  - {sink: otlp, preset: collector, headers: {api-key: nrk-123}}",
            "line 2, sinks[0].headers.api-key: names an environment variable",
        ),
        ("sinks:\n  - sink: prometheus", "line 2, sinks[0]: prometheus needs pushgateway or textfile"),
        (
            "sinks:\n  - {sink: cloudwatch, namespace: AWS/Smoke}",
            "line 2, sinks[0].namespace: has letters, digits and .-_/#: and does not begin with AWS/",
        ),
        ("sinks:\n  - sink: datadog\n  - sink: datadog", "line 3, sinks[1]: datadog is listed twice; remove one"),
    ],
)
def test_what_is_wrong_is_said_with_line_key_and_the_way_out(project, text, said):
    """A mistake costs a look at one line; a key in the file is refused before it is committed."""
    assert said in complaint(project, text)


def smoke(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return warm.smoke(*arguments, cwd=project.root)


def test_wrong_sinks_stop_a_run_before_it_begins(project):
    """They are read beside what a run starts with, and the target is not asked for anything."""
    project.write(MONITORING, "sinks:\n  - sink: prometheus\n")
    done = smoke(project, "run", "--suite", "shop", "--check", "health.root", "--base-url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "prometheus needs pushgateway or textfile" in done.stderr
    assert not (project.root / "reports/verdict.json").exists()


@pytest.mark.parametrize("command", ["config check", "run --suite shop"])
def test_all_problems_are_said_at_once(project, command):
    """Two wrong sinks and a wrong suite are three problems."""
    project.write(MONITORING, "sinks:\n  - sink: datadog\n    keys: X\n  - sink: prometheus\n")
    project.replace("config/suites/shop/suite.yaml", "title:", "titel:")
    done = smoke(project, *command.split())
    assert done.returncode == 2
    assert f"{MONITORING}: 2 problems" in done.stderr
    assert "did you mean 'title'?" in done.stderr


def test_an_environment_that_no_suite_has_is_a_problem(project):
    """A mistyped environment would switch a sink off without a word."""
    project.write(MONITORING, "sinks:\n  - {sink: datadog, environments: [local, canarry]}\n")
    (problem,) = examined(project.root, TODAY).problems
    assert str(problem) == (
        "line 2, sinks[0].environments[1]: no suite has an environment 'canarry'; did you mean 'canary'?"
    )


def test_a_gate_refuses_wrong_sinks_before_it_waits_for_a_build(project):
    """They would keep its run from a verdict, minutes later."""
    project.write(MONITORING, "sinks:\n  - sink: prometheus\n")
    done = smoke(project, "gate", "canary-5", "--suite", "shop", "--expect-build", "b2", "--build-wait", "1h")
    assert done.returncode == 2
    assert "prometheus needs pushgateway or textfile" in done.stderr
