"""What Playwright's recorder of today really writes is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.recording.skeleton import journey, page_objects
from smoke.recording.tape import acts
from smoke.recording.verbs import pages
from tests.init.site import Site
from tests.support.chromium import chromium

pytestmark = pytest.mark.browser
TYPED = ("ann-of-the-shop", "correct-horse")


def recorded(site: Site, output: Path) -> str:
    """Sign in at ``site`` by mouse and keyboard under the recorder, and return what it wrote."""
    recorder = {"language": "python-pytest", "mode": "recording", "outputFile": str(output), "handleSIGINT": False}
    with chromium() as browser:
        context = browser.new_context()
        context._sync(context._impl_obj._show_recorder({**recorder, "launchOptions": {}, "contextOptions": {}}))
        page = context.new_page()
        page.goto(f"{site.url}login")
        for selector, text in zip(("input[type=text]", "input[type=password]"), TYPED, strict=True):
            page.locator(selector).click()
            page.keyboard.type(text)
        page.locator("button").click()
        page.wait_for_load_state()
    return output.read_text(encoding="utf-8")


def test_a_login_becomes_a_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its two fields, and nothing that was typed."""
    monkeypatch.setenv("PWTEST_CLI_HEADLESS", "1")  # the recorder's own window needs no screen then
    with Site(frozenset()).serving() as site:
        text = recorded(site, tmp_path / "recording.py")
        found = pages(acts(text), site.url.rstrip("/"))
    assert all(typed in text for typed in TYPED), "it was recorded"
    assert "def log_in(self, your_name: str, pass_phrase: str)" in page_objects(found)
    everything = page_objects(found) + journey(found)
    assert not [typed for typed in TYPED if typed in everything]
    assert 'path = "/login"' in everything
