"""What Playwright's recorder writes becomes page objects and a journey in which nothing that was typed stands."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from smoke import cli
from smoke.recording.skeleton import journey, page_objects
from smoke.recording.tape import Kind, acts
from smoke.recording.verbs import Verb, pages

BASE = "https://shop.example.com/tools"
RECORDING = """\
import re
from playwright.sync_api import Page, expect


def test_example(page: Page) -> None:
    page.goto("https://shop.example.com/tools/login")
    page.get_by_role("textbox", name="E-mail").click()
    page.get_by_role("textbox", name="E-mail").fill("ann@shop.exa")
    page.get_by_role("textbox", name="E-mail").fill("ann@shop.example")
    page.get_by_role("textbox", name="E-mail").press("Tab")
    page.get_by_role("textbox", name="Password").fill("correct horse")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your things")).to_be_visible()
    expect(page.get_by_role("textbox", name="Password")).to_have_value("correct horse")
    expect(page.get_by_role("main")).to_match_aria_snapshot("- textbox \\"Password\\": correct horse")
    page.get_by_placeholder("Search").fill("pears")
    page.get_by_placeholder("Search").press("Enter")
    page.locator("tr").filter(has_text=re.compile(r"^pears$")).get_by_role("link").click()
    with page.expect_popup() as page1_info:
        page.get_by_role("link", name="Print").click()
    page1 = page1_info.value
    expect(page1.get_by_text("Pears, printed")).to_contain_text("printed")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete").click()
    page.goto("https://shop.example.com/tools/help")
    expect(page).to_have_title("Help")
"""


def test_what_typing_takes_is_left_out() -> None:
    """The click into a field, the way to the next one and all but the last text."""
    first = [(act.kind, act.name, act.method) for act in acts(RECORDING)[:4]]
    assert first == [
        (Kind.GO, "", "goto"),
        (Kind.FILL, "E-mail", "fill"),
        (Kind.FILL, "Password", "fill"),
        (Kind.ACT, "Sign in", "click"),
    ]


def test_acts_become_verbs_with_what_was_filled_as_parameters() -> None:
    """A verb is named after what ends it."""
    page = pages(acts(RECORDING), BASE)[0]
    assert (page.name, page.path) == ("LoginPage", "/login")
    verbs = [(step.name, [act.name for act in step.filled]) for step in page.steps if isinstance(step, Verb)]
    assert verbs == [("sign_in", ["E-mail", "Password"]), ("do_search", ["Search"]), ("go_on", []), ("print", [])]


def test_verbs_that_do_other_things_have_other_names() -> None:
    """Also than locators, and than what every page has."""
    again = """
    page.get_by_role("button", name="Open").click()
    page.get_by_role("row", name="One").get_by_role("link", name="More").click()
    page.get_by_role("row", name="Two").get_by_role("link", name="More").click()
    page.get_by_role("row", name="One").get_by_role("link", name="More").click()
    """
    (page,) = pages(acts(dedent(again)), BASE)
    assert [step.name for step in page.steps if isinstance(step, Verb)] == ["do_open", "more", "do_more", "more"]
    assert page_objects((page,)).count("more(self)") == 2


def test_the_page_object_has_locators_then_verbs() -> None:
    """Each locator once, as it was recorded; each file is Python."""
    text = page_objects(pages(acts(RECORDING), BASE))
    ast.parse(text)
    assert text.count('self.sign_in_button = page.get_by_role("button", name="Sign in", exact=True)') == 1
    assert (
        """\
    def sign_in(self, e_mail: str, password: str) -> None:
        self.e_mail.fill(e_mail)
        self.password.fill(password)
        self.sign_in_button.click()
"""
        in text
    )
    assert 'self.page.once("dialog"' in text.replace("'", '"')
    assert 'class HelpPage(Page):\n    path = "/help"' in text


def test_the_journey_takes_its_account_from_the_configuration() -> None:
    """And expects what was expected while recording."""
    text = journey(pages(acts(RECORDING), BASE))
    ast.parse(text)
    assert "login_page.sign_in(journey.account.user, journey.account.password.reveal())" in text
    assert "expect(login_page.your_things).to_be_visible()" in text
    assert "expect(login_page.password).to_have_value(journey.account.password.reveal())" in text
    assert 'login_page.do_search(journey.target.texts["search"])' in text


def test_a_code_is_made_anew_each_time() -> None:
    """The one that was typed is of no use any more."""
    text = """
    page.get_by_label("One-time code").fill("123456")
    page.get_by_role("button", name="Go on").click()
    """
    written = journey(pages(acts(dedent(text)), BASE))
    assert '@check("recorded.journey", category="critical-paths", account="TODO")' in written
    assert "(journey.one_time_code())" in written


def test_what_was_typed_stands_nowhere() -> None:
    """It may be a password."""
    found = pages(acts(RECORDING), BASE)
    everything = page_objects(found) + journey(found)
    assert not [typed for typed in ("ann@", "correct horse") if typed in everything]


def test_the_command_turns_a_file_into_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no screen, too."""
    path = tmp_path / "recording.py"
    path.write_text(RECORDING)
    assert cli.main(["record", BASE, "--from", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "# page_objects/SUITE/recorded.py" in printed
    assert "# e2e/SUITE/test_recorded.py" in printed


@pytest.mark.parametrize(("text", "told"), [("page.goto(", "line 1 is no Python"), (None, "cannot be read")])
def test_a_file_that_is_no_recording_is_named(
    text: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2."""
    path = tmp_path / "recording.py"
    if text is not None:
        path.write_text(text)
    assert cli.main(["record", BASE, "--from", str(path)]) == 2
    assert told in capsys.readouterr().err


def test_a_recording_of_nothing_is_not_green(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to print."""
    path = tmp_path / "recording.py"
    path.write_text("def test_example(page):\n    page.goto('https://shop.example.com/tools/')\n")
    assert cli.main(["record", BASE, "--from", str(path)]) == 3
    assert "nothing was recorded" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With the way out."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert cli.main(["record", BASE]) == 2
    assert "by --from" in capsys.readouterr().err


def test_a_recording_that_says_more_than_a_browser_does_is_read_as_far_as_it_goes() -> None:
    """Whatever somebody wrote into it by hand."""
    text = """
    def test_example(page: Page) -> None:
        page.goto(ADDRESS)
        page.set_default_timeout(1)
        helper.get_by_role("button").click()
        page.locator("#x").locator(spot).click()
        page.get_by_role(role).click()
    """
    found = acts(dedent(text))
    assert [(each.kind, each.role, each.name) for each in found] == [
        (Kind.GO, "", ""),
        (Kind.ACT, "", ""),
        (Kind.ACT, "", ""),
    ]
    (home,) = pages(found, "https://shop.example/")
    assert home.path == "/"
