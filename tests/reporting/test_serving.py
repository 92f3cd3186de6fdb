"""Reports are shown to the browser on this machine, and nothing else is shown, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smoke.reporting.serving import served


@pytest.fixture
def place(tmp_path: Path) -> Iterator[str]:
    for name in ("allure-report/index.html", "failures/a/index.html", "history.db", "good/a.json"):
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "secret").write_text("secret")
    with served(tmp_path / "reports") as site:
        yield urlsplit(site.url).netloc


def ask(place: str, path: str, host: str | None = None) -> int:
    connection = HTTPConnection(place, timeout=10)
    connection.request("GET", path, headers={"Host": host or place})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/allure-report/index.html", "/allure-report/", "/failures/a/index.html?x=1"])
def test_pages_are_shown(place: str, path: str) -> None:
    """Those of the report, and those that it leads to."""
    assert ask(place, path) == 200


@pytest.mark.parametrize(
    "path", ["/", "/history.db", "/good/a.json", "/failures/", "/../secret", "/failures/%2e%2e/history.db"]
)
def test_nothing_else_is(place: str, path: str) -> None:
    """Neither the history, nor lists of files, nor what lies outside."""
    assert ask(place, path) == 404


def test_another_site_does_not_get_in_by_a_name_of_its_own(place: str) -> None:
    """A name that leads to this machine is not this machine's."""
    assert ask(place, "/allure-report/index.html", "evil.example") == 404
