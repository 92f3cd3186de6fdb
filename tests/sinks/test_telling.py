"""What somebody at the console is told of deliveries."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from smoke.config.monitoring import Monitoring
from smoke.history.opening import history_store
from smoke.model import Outcome
from smoke.running.telling import tell
from smoke.settings import Settings, resolve
from smoke.sinks.bulletin import bulletin_of
from smoke.sinks.registry import Outlet, SinkError
from tests.support.deliveries import a_sink, an_outlet
from tests.support.project import a_project
from tests.support.run_builder import a_typical_run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return resolve({}, point="local", root=a_project(tmp_path).root, environ={})


def said(settings: Settings, *outlets: Outlet, number: int = 0, before: Outcome | None = None) -> list[str]:
    """Tell of a run that ends now: what is a year old would be dropped."""
    lines: list[str] = []
    now = time.time()
    run = a_typical_run(run_id=f"run-{number}", started=now - 10, finished=now)
    tell(bulletin_of(run, before), Monitoring(outlets=outlets), history_store(settings), settings, lines.append)
    return lines


def test_what_arrives_is_not_worth_a_word(settings):
    """A healthy service costs no line."""
    assert said(settings, a_sink("a")) == []


def test_what_fails_and_what_is_made_good_are_told(settings):
    """The failure says what becomes of it; the run that makes it good says so."""
    down = [True]

    def act() -> None:
        if down[0]:
            raise SinkError("a is in trouble (503).")

    outlet = a_sink("a", act)
    assert said(settings, outlet) == [
        f"a: a is in trouble (503); the next run delivers it; the measurements stay in {settings.reports}"
    ]
    down[0] = False
    assert said(settings, outlet, number=1) == ["a: 1 run that it had missed is delivered"]


def test_what_is_missing_is_told(settings):
    """A sink that is off for want of a variable says which, and nothing is kept for it."""
    assert said(settings, an_outlet("datadog")) == ["datadog: DD_API_KEY is not set: no metrics go to Datadog."]


def test_a_sink_for_other_environments_says_nothing(settings):
    """What is not for this environment is neither told nor missed."""
    assert said(settings, an_outlet("datadog", environments=("staging",))) == []


def test_without_an_outbox_they_are_delivered_all_the_same(settings):
    """A history that cannot be written is told, and keeps no measurement from leaving."""
    (settings.reports / "history.db").mkdir(parents=True)
    calls: list[str] = []
    (line,) = said(settings, a_sink("a", lambda: calls.append("a")))
    assert line.startswith("history: ")
    assert calls == ["a"]
