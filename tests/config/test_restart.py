"""``restart`` in suite.yaml says where a product tells since when it runs, and what is wrong with it."""

from __future__ import annotations

import pytest

from smoke.config.gates import Restart
from tests.support.project import a_project

SUITE = "config/suites/shop/suite.yaml"


def test_a_path_and_the_uptime_are_read(tmp_path):
    project = a_project(tmp_path)
    project.replace(SUITE, "title: Shop\n", "title: Shop\nrestart: {path: /health, uptime: uptime_seconds}\n")
    assert project.load().about.restart == Restart(path="/health", uptime="uptime_seconds")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("{path: /health}", "restart: says nothing: name the uptime, the boot id, or both"),
        ("{path: health, boot: id}", "restart.path: is a path that begins with /; got 'health'"),
        ("{path: /health, uptime: up..time}", "restart.uptime: 'up..time' is not a JSON path"),
    ],
)
def test_what_leads_nowhere_is_told_with_its_line(tmp_path, said, complaint):
    project = a_project(tmp_path)
    project.replace(SUITE, "title: Shop\n", f"title: Shop\nrestart: {said}\n")
    assert f"line 2, {complaint}" in project.complaint()
