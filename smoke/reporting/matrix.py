"""The smoke matrix: which check runs at which execution point, as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from smoke.config.problems import ConfigError
from smoke.config.suite import Suite
from smoke.planning.plan import Selection, plan
from smoke.planning.releases import stages

HEAD = """# Smoke matrix

Generated from the YAML and the journeys by `smoke config matrix`; a test fails when it is stale.
"""


def matrix(suites: Iterable[Suite]) -> str:
    """Write every suite's checks against every execution point, and the releases with their times."""
    every = list(suites)
    parts = [HEAD, _points(every[0]), *(_suite(suite) for suite in every)]
    return "\n".join(parts)


def _points(suite: Suite) -> str:
    rows = [_point_row(suite, name) for name in suite.points]
    totals = [
        f"- **{name}**: {' → '.join(stage.point for stage in stages(suite, name))}: "
        f"{sum(stage.seconds for stage in stages(suite, name)) / 60:g} minutes"
        for name in suite.releases
    ]
    head = "| point | phase | environment | scope | target | time-out | monitoring | on failure | FLAKY | purpose |"
    return "\n".join(["## Execution points", "", head, _rule(10), *rows, "", "## Releases", "", *totals, ""])


def _point_row(suite: Suite, name: str) -> str:
    point = suite.points[name]
    times = (f"{point.target_s:g} s", f"{point.timeout_s:g} s", _watch(suite, name))
    cells = (name, point.phase, point.environment, point.scope, *times, point.on_failure.action, point.flaky)
    return f"| {' | '.join(cells)} | {point.purpose} |"


def _watch(suite: Suite, point: str) -> str:
    watch = suite.points[point].monitoring
    return f"{watch.duration_s:g} s, errors ≤ {watch.max_error_rate:.0%}" if watch else ""


def _suite(suite: Suite) -> str:
    runs = {name: _ids(suite, name) for name in suite.points}
    head = "| check | category | kind | critical | " + " | ".join(suite.points) + " | what is verified |"
    rows = [
        f"| `{check.id}` | {check.category} | {check.kind} | {'yes' if check.critical else 'no'} | "
        + " | ".join("●" if check.id in runs[name] else "" for name in suite.points)
        + f" | {check.title} |"
        for check in suite.checks
    ]
    heading = f"## {suite.about.title} (`--suite {suite.name}`): {len(suite.checks)} checks"
    return "\n".join([heading, "", head, _rule(5 + len(suite.points)), *rows, ""])


def _ids(suite: Suite, point: str) -> set[str]:
    try:
        return {check.id for check in plan(suite, point, None, Selection()).checks}
    except ConfigError:
        return set()


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
