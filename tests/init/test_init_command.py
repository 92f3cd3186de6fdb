"""What ``smoke init`` refuses, and what it never does."""

from __future__ import annotations

import argparse
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from smoke.commands.init import configure
from tests.init.conftest import Smoke, texts
from tests.init.site import USER, Shape, Site

ROOT = Path(__file__).parents[2]


def test_without_a_terminal_every_missing_option_is_named(smoke: Smoke, folder: Path) -> None:
    """All at once, and nothing is written."""
    done = smoke("init", "--login")
    assert done.code == 2, done.said
    for option in ("--name", "--url", "--user"):
        assert f"{option}: is missing" in done.stderr
    assert texts(folder) == {}


def test_the_manual_names_every_option_and_no_other() -> None:
    """Before it goes on to files."""
    parser = argparse.ArgumentParser()
    configure(parser)
    known = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    text = (ROOT / "docs/new-suite.md").read_text(encoding="utf-8").partition("### Logins")[0]
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) == known - {"--help"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--name", "Shop", "--url", "http://x.test"), "--login, --no-login: say whether it has a login"),
        (("--name", "Shop", "--url", "x.test", "--no-login"), "--url: is the address of the start page"),
        (("--name", "Shop", "--url", "http://x.test/?a=1", "--no-login"), "--url: is the address"),
        (("--name", "Shop", "--url", "http://x.test", "--login", "enter"), "--login: is a path below the address"),
        (
            ("--name", "Shop", "--url", "http://x.test", "--login", "--sso", "http://y.test/in"),
            "--sso: is where the login",
        ),
        (("--name", "42", "--url", "http://x.test", "--no-login"), "--name: is a word or several"),
        (("--name", "Shop", "--url", "http://x.test", "--login", "--user", "me"), "SHOP_PASSWORD: is not set"),
    ],
)
def test_what_is_wrong_is_told(arguments: tuple[str, ...], told: str, smoke: Smoke, folder: Path) -> None:
    """Exit code 2, with the option or the variable."""
    done = smoke("init", *arguments)
    assert (done.code, texts(folder)) == (2, {})
    assert told in done.stderr


def test_a_password_on_the_command_line_is_refused_and_not_repeated(smoke: Smoke) -> None:
    """The option takes the name of a variable."""
    about = ("--name", "Shop", "--url", "http://x.test", "--login", "--user", "me")
    done = smoke("init", *about, "--password", "hunter-2-hunter")
    assert done.code == 2
    assert "--password: is the name of an environment variable" in done.stderr
    assert "hunter" not in done.said


def test_files_that_are_there_are_left_alone(smoke: Smoke, folder: Path) -> None:
    """Before anything is looked at, each one is named with the way out."""
    mine = folder / "config/suites/shop/suite.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("title: Mine\n")
    done = smoke("init", "--name", "Shop", "--url", "http://127.0.0.1:9", "--no-login")
    assert done.code == 2
    assert "config/suites/shop/suite.yaml" in done.stderr
    assert "--overwrite" in done.stderr
    assert texts(folder) == {"config/suites/shop/suite.yaml": "title: Mine\n"}


@pytest.mark.browser
def test_at_a_terminal_what_is_missing_is_asked_for(folder: Path) -> None:
    """One question for each."""
    ours, theirs = pty.openpty()
    os.write(ours, b"http://127.0.0.1:9\nShop\nn\n")
    command = [sys.executable, "-m", "smoke", "init"]
    done = subprocess.run(command, cwd=folder, stdin=theirs, capture_output=True, text=True, timeout=60, check=False)
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, texts(folder)) == (3, {}), done.stderr
    for question in ("Address of the start page", "Name of the application", "Does it have a login?"):
        assert question in done.stdout
    assert "looking at http://127.0.0.1:9/" in done.stderr


@pytest.mark.browser
def test_an_application_that_does_not_answer_is_inconclusive(smoke: Smoke, folder: Path) -> None:
    """Nothing was seen, so nothing is written."""
    done = smoke("init", "--name", "Shop", "--url", "http://127.0.0.1:9", "--no-login")
    assert (done.code, texts(folder)) == (3, {}), done.said
    assert "INCONCLUSIVE" in done.stderr


@pytest.mark.browser
def test_an_address_that_answers_with_an_error_is_inconclusive(smoke: Smoke, folder: Path) -> None:
    """A page that says 404 is no start page."""
    with Site(frozenset()).serving() as site:
        done = smoke("init", "--name", "Shop", "--url", f"{site.url}nowhere", "--no-login")
    assert (done.code, texts(folder)) == (3, {}), done.said
    assert "the start page answers 404" in done.stderr


@pytest.mark.browser
def test_a_dry_run_prints_and_writes_nothing(smoke: Smoke, folder: Path) -> None:
    """Neither a file nor anything in the application; what pages send unasked is stopped."""
    with Site(frozenset({Shape.BEACON})).serving() as site:
        done = smoke("init", "--name", "Shop", "--url", site.url, "--no-login", "--dry-run")
    assert (done.code, site.writes, list(folder.iterdir())) == (0, [], []), done.said
    assert "--- config/suites/shop/suite.yaml" in done.stdout


@pytest.mark.browser
@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(frozenset[Shape](), id="form"),
        pytest.param(frozenset({Shape.BLUNT}), id="no form", marks=pytest.mark.long),
    ],
)
@pytest.mark.long
def test_a_refused_password_is_tried_once_and_never_reads_as_green(
    shapes: frozenset[Shape], smoke: Smoke, folder: Path
) -> None:
    """The suite that is written passes, and the command says that its login is missing."""
    with Site(shapes).serving() as site:
        about = ("--name", "Shop", "--url", site.url, "--login", "--user", USER)
        done = smoke("init", *about, SHOP_PASSWORD="not-the-phrase")
    assert done.code == 3, done.said
    assert "was the password refused?" in done.stderr
    assert site.writes == ["/login", "/login"], "as nobody, and as the account"
    assert not (folder / "e2e/shop/test_login.py").exists()


@pytest.mark.browser
@pytest.mark.parametrize("shape", [Shape.SSO, pytest.param(Shape.SSO_AFTER_USER, marks=pytest.mark.long)])
@pytest.mark.long
def test_a_password_goes_to_no_address_that_was_not_named(shape: Shape, smoke: Smoke) -> None:
    """The form is found all the same, and the option that names its address is told."""
    with Site(frozenset({shape})).serving() as site:
        about = ("--name", "Shop", "--url", site.url, "--login", "--user", USER, "--dry-run")
        done = smoke("init", *about, SHOP_PASSWORD=site.password)
    assert done.code == 3, done.said
    assert "/enter" not in site.writes
    assert f"say --sso {site.sso} if the password belongs there" in done.stderr
    assert "test_login.py" not in done.stdout


@pytest.mark.browser
@pytest.mark.long
def test_a_first_run_that_is_red_says_what_to_edit(smoke: Smoke, folder: Path) -> None:
    """Its exit code is the command's, and each check that failed is named with the files that say what it expects."""
    with Site(frozenset({Shape.SELLS_OUT})).serving() as site:
        done = smoke("init", "--name", "Shop", "--url", site.url, "--no-login")
    assert done.code == 1, done.said
    told = done.stdout.partition("the first run is not green")[2]
    places = re.findall(r"^  ([\w.]+): ([\w./]+):(\d+)(?:, (\S+))?$", told, re.MULTILINE)
    assert [(name, page) for name, _, _, page in places] == [
        ("homepage.load", "page_objects/shop/home_page.py"),
        ("homepage.answer", ""),
    ]
    for name, file, line, _ in places:
        assert name in (folder / file).read_text().splitlines()[int(line) - 1]
    assert "nothing is left" not in told


@pytest.mark.browser
@pytest.mark.long
def test_a_second_suite_joins_a_project_and_leaves_its_files_alone(smoke: Smoke, folder: Path) -> None:
    """What the project has once is not written twice."""
    page = folder / "page_objects/page.py"
    with Site(frozenset()).serving() as site:
        assert smoke("init", "--name", "Shop", "--url", site.url, "--no-login").code == 0
        page.write_text(page.read_text() + "\n# ours\n")
        done = smoke("init", "--name", "Other Shop", "--url", site.url, "--no-login")
    assert done.code == 0, done.said
    assert "# ours" in page.read_text()
    assert smoke("config", "check").stdout.startswith("config is valid: 2 suites (other_shop, shop)")
