"""What could never be right is refused where it is written, with the way out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smoke.config.account import Rotation
from smoke.config.code import parsed
from smoke.config.cron_schedule import Schedule
from smoke.config.gates import Hook, Steer
from smoke.config.paths import NO_SUITE, journeys_of, some_suites
from smoke.config.probe import Probe
from smoke.config.problems import ConfigError, problems_of
from smoke.config.suite_file import Environment
from tests.support.project import a_project

CHANGE = {"request": "PUT /password", "body": {"old": "{old}", "new": "{new}"}, "store": "dotenv"}
PLACE = {"base_url": "embedded", "timeout_ms": 100}
ASKS = {"id": "a.b", "title": "It answers", "category": "api-health", "request": "GET /", "expect": {}}


@pytest.mark.parametrize(
    ("shape", "said", "problem"),
    [
        (Rotation, {"store": "dotenv"}, "a rotation has either change, a command, or request and body"),
        (Rotation, {**CHANGE, "change": ["passwd"]}, "a rotation has either change, a command, or request and body"),
        (Rotation, {**CHANGE, "body": None}, "a rotation has either change, a command, or request and body"),
        (Rotation, {**CHANGE, "request": "GET /password"}, "what changes a password is POST, PUT or PATCH; got 'GET"),
        (Rotation, {**CHANGE, "body": {"old": "{old}"}}, "body has no {new}: that is where the new password goes"),
        (Rotation, {**CHANGE, "body": ["{new}", "{usr}"]}, "input should be a valid dictionary"),
        (
            Rotation,
            {**CHANGE, "body": {"a": "{new}", "b": "{usr}"}},
            "a change of password does not know {usr}; did you",
        ),
        (Steer, {}, "says nothing: name headers, cookies, or both"),
        (Hook, {}, "is one of command, webhook and github"),
        (Hook, {"command": ["deploy"], "webhook": "$HOOK"}, "is one of command, webhook and github"),
        (Probe, {"measure": {"Depth": "depth"}}, "measure names a number in lower-case words such as queue_depth; got"),
        (Probe, {"request": "POST /a"}, "POST /a changes state: name it in permits, if it may"),
        (Probe, {"cleanup": "DELETE /a", "permits": ["POST /a"]}, "DELETE /a changes state: name it in permits"),
        (Probe, {"repeatable": True}, "repeatable goes with permits: what only reads is tried again anyway"),
        (Probe, {"send": "ping"}, "send goes with a WS request, and a WS request with send"),
        (
            Probe,
            {"request": "WS /a", "permits": ["WS /a"]},
            "send goes with a WS request, and a WS request with send",
        ),
        (Probe, {"request": "OPTIONS /a"}, "preflight goes with an OPTIONS request, and an OPTIONS request with"),
        (Probe, {"preflight": {"origin": "{origin}"}}, "preflight goes with an OPTIONS request, and an OPTIONS"),
        (Environment, {**PLACE, "rate_limits": {"api": "20/min"}}, "rate_limits are by /path or METHOD /path; got"),
    ],
)
def test_what_contradicts_itself_says_the_way_out(shape: type, said: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=f"(?i){re.escape(problem)}"):
        TypeAdapter(shape).validate_python({**ASKS, **said} if shape is Probe else said)


@pytest.mark.parametrize("said", [CHANGE, {"change": ["passwd"], "store": ["vault", "put"]}])
def test_a_password_is_changed_by_a_command_or_by_a_request(said: dict[str, Any]) -> None:
    TypeAdapter(Rotation).validate_python(said)


@pytest.mark.parametrize("text", ["61 * * * *", "0 0 30 2 *"])
def test_a_time_that_never_comes_is_no_schedule(text: str) -> None:
    said = {"suite": "shop", "environment": "canary", "cron": text}
    with pytest.raises(ValidationError, match=re.escape(f"{text!r} is no time of cron: ")):
        TypeAdapter(Schedule).validate_python(said)


def test_a_file_that_is_no_text_is_a_problem_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"page\.py: 1 problem\n  cannot be read: "):
        parsed(tmp_path / "page.py", tmp_path)


def test_a_project_without_a_suite_says_how_to_begin(tmp_path: Path) -> None:
    assert problems_of(lambda: some_suites(tmp_path)) == (NO_SUITE,)
    project = a_project(tmp_path)
    assert problems_of(lambda: some_suites(project.root)) == ()
    assert some_suites(project.root) == ("shop",)
    assert journeys_of(project.root, "shop") == project.root / "e2e/shop"


def test_what_a_product_reports_of_itself_is_read(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    project.replace("config/suites/shop/suite.yaml", "title: Shop\n", "title: Shop\ntelemetry: [PATCH /api/told/*]\n")
    assert [str(each) for each in project.load().about.reports] == ["PATCH /api/told/*"]
