"""What ``smoke init`` writes for public applications passes; docs/new-suite.md says how many lines it took by hand."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.init.conftest import Smoke, texts
from tests.support.loopback import free_port
from tests.support.public import HOST, ROOT, call, installed, serving
from tests.support.roundup import a_tracker

pytestmark = [pytest.mark.browser, pytest.mark.long]

DATASETTE, WAGTAIL = "datasette==0.65.5", "wagtail==8.0.1"
USER = "smoke"


@dataclass(frozen=True)
class Served:
    """An application that runs, and how to look at it."""

    url: str
    password: str = ""
    login: tuple[str, ...] = ("--no-login",)


@dataclass(frozen=True)
class Edit:
    """What a person writes: one file, the line that was there, and the lines in its place."""

    file: str
    old: str
    new: str

    @property
    def lines(self) -> int:
        return len(self.new.splitlines())


@contextlib.contextmanager
def datasette(folder: Path) -> Iterator[Served]:
    """Without a login."""
    port = free_port()
    url = f"http://{HOST}:{port}/"
    with serving(
        installed(DATASETTE) / "datasette", "--memory", "-p", str(port), url=url, port=port, log=folder / "log"
    ):
        yield Served(url)


@contextlib.contextmanager
def roundup(folder: Path) -> Iterator[Served]:
    """The form that signs in stands on the start page, which is below a path."""
    tracker = a_tracker(folder / "home")
    with tracker.serving():
        yield Served(tracker.url, tracker.password, ("--login", "--user", "visitor"))


@contextlib.contextmanager
def wagtail(folder: Path) -> Iterator[Served]:
    """Its editors sign in at a path that nothing leads to; the way out is in a menu."""
    programs, site, port, password = installed(WAGTAIL), folder / "site", free_port(), secrets.token_urlsafe(16)
    url = f"http://{HOST}:{port}/"
    site.mkdir()
    call(programs / "wagtail", "start", "shop", site)
    with (site / "shop/settings/base.py").open("a", encoding="utf-8") as settings:
        settings.write("\nWAGTAIL_ENABLE_UPDATE_NOTIFICATION = False\nWAGTAIL_GRAVATAR_PROVIDER_URL = None\n")
    manage = (programs / "python", site / "manage.py")
    call(*manage, "migrate")
    make = "from django.contrib.auth.models import User; User.objects.create_superuser"
    call(*manage, "shell", "-c", f"{make}({USER!r}, 'smoke@shop.example', {password!r})")
    run = ("runserver", "--noreload", f"{HOST}:{port}")
    with serving(*manage, *run, url=url, port=port, log=folder / "log"):
        yield Served(url, password, ("--login", "/admin/", "--user", USER))


@dataclass(frozen=True)
class Application:
    """A public application, and what a person wrote for it."""

    title: str
    serve: Callable[[Path], contextlib.AbstractContextManager[Served]]
    edits: tuple[Edit, ...] = field(default=())


APPLICATIONS = (
    Application("Datasette", datasette),
    Application("Roundup", roundup),
    Application("Wagtail", wagtail),
)


def documented(title: str) -> tuple[int, ...]:
    """What docs/new-suite.md says: how many lines were written for an application, by hand, and are left to do."""
    text = (ROOT / "docs/new-suite.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {title} [^|]*\| (\d+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    assert row, f"docs/new-suite.md has no row for {title}"
    return tuple(map(int, row.groups()))


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda each: each.title)
def test_its_suite_passes(application: Application, smoke: Smoke, folder: Path, tmp_path: Path) -> None:
    """As it is written, or with the few lines that are counted."""
    with application.serve(tmp_path) as served:
        known = {"SHOP_PASSWORD": served.password}
        done = smoke("init", "--name", "Shop", "--url", served.url, *served.login, **known)
        if application.edits:
            for edit in application.edits:
                path = folder / edit.file
                text = path.read_text(encoding="utf-8")
                assert text.count(edit.old) == 1, text
                path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
            done = smoke("run", **known)
    assert done.code == 0, done.said
    assert smoke("config", "check").code == 0
    if served.password:
        assert re.search(r"login\.account +PASS", done.stdout), done.stdout
    lines = [line for text in texts(folder).values() for line in text.splitlines()]
    by_hand = sum(edit.lines for edit in application.edits)
    left = sum("TODO" in line for line in lines)
    print(f"{application.title}: {len(lines)} lines, {by_hand} by hand, {left} left to do")
    assert (len(lines), by_hand, left) == documented(application.title)
