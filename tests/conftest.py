"""What every test stands on."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer

from tests.support.chromium import chromium

settings.register_profile("short", max_examples=40, deadline=None)
settings.load_profile("short")
"""A hundred examples each: ``make test ARGS=--hypothesis-profile=default``."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a script's `&` leaves it, and every child inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)

_number = count()


@pytest.fixture(scope="session", autouse=True)
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Leave the state folder of whoever runs the tests alone: what a module does before its tests has another."""
    folder = tmp_path_factory.mktemp("states")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("SMOKE_STATE", str(folder / "modules"))
        yield folder


@pytest.fixture(autouse=True)
def state(states: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a state folder of its own: what one run did with an account keeps the next from it."""
    folder = states / str(next(_number))  # a ``tmp_path`` for each of thousands takes seconds
    monkeypatch.setenv("SMOKE_STATE", str(folder))
    return folder


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in this project, with a history in a file."""
    monkeypatch.chdir(Path(__file__).parents[1])
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def make_httpserver() -> Iterator[HTTPServer]:
    """Answer several at once: a browser opens connections ahead, and nobody waits behind them."""
    with HTTPServer(threaded=True) as server:
        yield server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that need a browser, then with short ones: what takes long is not left to the end."""
    tests = Counter(item.path for item in items)
    browser = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path not in browser, tests[item.path]))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name no test by bytes: those of gzip hold the time, and each worker would collect tests of its own."""
    return argname if isinstance(val, bytes) else None
