"""What a run counts as: one that sees less than the schedule wants is the desk's, and closes no incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.running.planning import plan_of
from smoke.settings import resolve
from tests.support.project import Project, a_project

SCHEDULE = """\
schedules:
  - {suite: shop, environment: canary, cron: "* * * * *", point: canary-5CHECKS}
"""


def scheduled(root: Path, checks: str = "") -> Project:
    project = a_project(root)
    project.write("config/cron-schedule.yaml", SCHEDULE.replace("CHECKS", f", checks: [{checks}]" if checks else ""))
    return project


@pytest.mark.parametrize(
    ("wanted", "narrowed", "counts_as"),
    [
        ("", {}, "canary-5"),
        ("", {"check": ("health.root",)}, "local"),
        ("", {"category": ("api-health",)}, "local"),
        ("health", {"check": ("health",)}, "canary-5"),
        ("health", {"check": ("health", "home")}, "canary-5"),
        ("health", {}, "canary-5"),
        ("health", {"check": ("health.root",)}, "local"),
        ("health", {"check": ("health",), "category": ("api-health",)}, "local"),
    ],
    ids=str,
)
def test_a_run_that_sees_less_than_the_schedule_wants_is_the_desks(
    tmp_path: Path, wanted: str, narrowed: dict[str, tuple[str, ...]], counts_as: str
) -> None:
    project = scheduled(tmp_path, wanted)
    planned = plan_of(resolve(narrowed, point="canary-5", root=project.root, environ={}))
    assert (planned.point_name, planned.point.title) == (counts_as, "Canary")


def test_where_no_schedule_says_what_is_whole_a_narrowed_run_counts_at_its_point(tmp_path: Path) -> None:
    given = resolve({"check": ("health.root",)}, point="canary-5", root=a_project(tmp_path).root, environ={})
    assert plan_of(given).point_name == "canary-5"
