"""``smoke doctor`` without a word: everything that a run needs, each with what to do about it."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from smoke.cli import main
from smoke.doctor import clock, display, python
from smoke.doctor.diagnosis import Health
from smoke.doctor.registry import Surroundings, available
from smoke.settings import resolve
from tests.support.project import Project, a_project

Captured = pytest.CaptureFixture[str]
SUITE = "config/suites/shop/suite.yaml"
UNSET = ("DD_API_KEY", "DD_APP_KEY", "SHOP_PASSWORD", "SMOKE_HISTORY_URL", "SMOKE_ENV", "SMOKE_SUITE", "DISPLAY")
KEY = "0123456789abcdef" * 2


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Project:
    """A project whose canary is a server of this test, which is a control address, too."""
    found = a_project(tmp_path / "shop")
    httpserver.expect_request("/").respond_with_data("hello")
    there = f"base_url: {httpserver.url_for('')}\n    controls: [{httpserver.host}:{httpserver.port}]"
    found.replace(SUITE, "base_url: https://canary.example.com", there)
    monkeypatch.chdir(found.root)
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    return found


def doctor(capsys: Captured, *line: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code and what was found, by what it is about."""
    code = main(["doctor", "--json", *line])
    told = json.loads(capsys.readouterr().out)
    assert told["exit_code"] == code
    return code, {each["about"]: each for each in told["findings"]}


def health(found: dict[str, dict[str, Any]], *about: str) -> list[str]:
    return [found[each]["health"] for each in about]


@pytest.mark.browser
def test_everything_that_a_run_needs_is_looked_at(
    shop: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Where all is well, or only less is to be had, the exit code is 0."""
    monkeypatch.setenv("SHOP_PASSWORD", "a-good-password")
    monkeypatch.setenv("DD_API_KEY", KEY)
    code, found = doctor(capsys, "--env", "canary")
    subjects = ("Python", "browser", "configuration", "target", "control addresses", "clock", "accounts", "datadog")
    assert health(found, *subjects) == ["ok"] * len(subjects)
    assert health(found, "display", "freshness") == ["warning"] * 2
    assert "Node" in found
    assert found["browser"]["text"].startswith("chromium ")
    assert "a-good-password" not in json.dumps(found)
    assert KEY not in json.dumps(found)
    assert code == 0


@pytest.mark.browser
def test_what_is_wrong_is_told_with_the_way_out(
    shop: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """All at once; the exit code is 1."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    (shop.root / "program").write_text("no browser")
    monkeypatch.setenv("SMOKE_BROWSER_PATH", str(shop.root / "program"))
    monkeypatch.setenv("DD_API_KEY", "f" * 40)
    monkeypatch.setenv("DISPLAY", f"127.0.0.1:{port - 6000}" if port >= 6000 else ":9876")
    monkeypatch.setenv("PATH", "")
    code, found = doctor(capsys, "--env", "canary", "--base-url", f"http://127.0.0.1:{port}")
    assert health(found, "browser", "target", "accounts", "datadog") == ["ill"] * 4
    assert health(found, "Node", "display") == ["warning"] * 2
    assert found["accounts"]["text"].startswith("SHOP_PASSWORD is not set")
    assert all(found[each]["remedy"] for each in ("target", "accounts", "datadog", "Node", "display"))
    assert "f" * 40 not in json.dumps(found)
    assert code == 1


def test_an_embedded_target_needs_nothing(shop: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Neither its accounts, nor a network; a browser that is not there is ill all the same."""
    monkeypatch.setenv("SMOKE_BROWSER_PATH", "/nowhere")
    shop.replace(SUITE, "base_url: embedded", "base_url: embedded\n    controls: []")
    code, found = doctor(capsys)
    assert health(found, "accounts", "target", "control addresses", "browser") == ["ok", "ok", "ok", "ill"]
    assert code == 1


def test_without_a_network_the_target_cannot_be_judged(
    shop: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Then it is not told to be ill, and neither is the clock."""
    monkeypatch.setenv("SMOKE_BROWSER_PATH", "/nowhere")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    text = (shop.root / SUITE).read_text()
    here = text.split("controls: [")[1].split("]")[0]
    shop.replace(SUITE, f"controls: [{here}]", f"controls: ['127.0.0.1:{port}']")
    _, found = doctor(capsys, "--env", "canary", "--base-url", f"http://127.0.0.1:{port}")
    assert health(found, "control addresses", "target", "clock") == ["warning", "cannot tell", "cannot tell"]


def test_a_broken_configuration_is_told_and_not_stumbled_over(
    shop: Project, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """What options name wrongly is a wrong usage."""
    monkeypatch.setenv("SMOKE_BROWSER_PATH", "/nowhere")
    assert main(["doctor", "--env", "nowhere"]) == 2
    capsys.readouterr()
    shop.replace(SUITE, "title: Shop", "titel: Shop")
    code, found = doctor(capsys)
    assert (code, found["configuration"]["health"]) == (1, "ill")
    assert "titel" in found["configuration"]["text"]


def test_an_old_python_is_ill() -> None:
    """Ours is not."""
    assert python.judged((3, 10), "3.10.1").health is Health.ILL
    assert python.judged(sys.version_info[:2], "this").health is Health.WELL


@pytest.mark.parametrize(
    ("ahead", "found"), [(1.5, "ok"), (-1.5, "ok"), (9.0, "warning"), (-9.0, "warning"), (31.0, "ill")]
)
def test_a_clock_that_goes_wrong_is_told(ahead: float, found: str) -> None:
    """A little is compensated for; more than the time of a one-time code is not."""
    assert clock.judged(ahead, "it").health == found


def test_a_display_is_one_where_somebody_answers() -> None:
    """DISPLAY may be left from a session that is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - display.FIRST_PORT
        assert display.answers({"DISPLAY": f"127.0.0.1:{number}.0"})
    assert not display.answers({"DISPLAY": f"127.0.0.1:{number}"})
    assert not display.answers({"DISPLAY": ":9876"})
    assert display.answers({"DISPLAY": "/private/tmp/launch/org.xquartz:0"}), "only the browser can tell"


@pytest.mark.parametrize(
    ("environ", "browser", "told"),
    [
        ({"SMOKE_BROWSER_WS": "ws://there:1/"}, "chromium", (Health.WELL, "--headed is refused")),
        ({}, "chromium", (Health.WARNING, "neither DISPLAY nor WAYLAND_DISPLAY is set")),
        ({"DISPLAY": ":9876"}, "chromium", (Health.WARNING, "nobody answers at DISPLAY=:9876")),
        (
            {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":9876", "SMOKE_BROWSER_PATH": sys.executable},
            "chromium",
            (Health.WELL, "can show a window"),
        ),
        (
            {"WAYLAND_DISPLAY": "wayland-0", "PLAYWRIGHT_BROWSERS_PATH": "/nowhere"},
            "firefox",
            (Health.WARNING, "but no firefox with windows: not downloaded"),
        ),
        ({"WAYLAND_DISPLAY": "wayland-0", "SMOKE_BROWSER_PATH": "/nowhere"}, "chromium", None),
    ],
    ids=["elsewhere", "none", "left over", "a window", "no such browser", "told elsewhere"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_whether_a_window_can_be_shown_is_told_before_it_is_wanted(
    shop: Project, environ: dict[str, str], browser: str, told: tuple[Health, str] | None
) -> None:
    """A warning at most, for most runs need no window; with the way out."""
    settings = resolve({"suite": "shop", "browser": browser}, point="local", root=shop.root, environ=environ)
    here = Surroundings(given=argparse.Namespace(), settings=settings, now=0.0)
    found = list(display.examine(here))
    assert [each.health for each in found] == ([told[0]] if told else [])
    assert all(told[1] in each.text for each in found if told)
    assert all(bool(each.remedy) == (each.health is Health.WARNING) for each in found)


def test_only_freshness_has_options_of_its_own() -> None:
    """So that another cron's ``--max-age`` asks for nothing else."""
    assert [each.name for each in available() if each.asked_by] == ["freshness"]
