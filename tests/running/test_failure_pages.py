"""What a bad check leaves for whoever is woken by it, by real runs, as a real browser shows it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from tests.running.conftest import ANY_BAND, ROOT
from tests.running.shop import Shop, run
from tests.support import axe, warm

pytestmark = [pytest.mark.browser, pytest.mark.long]
CHECKS = ("homepage.enhance", "login.basic", "health.api")
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}
TOLD = {
    "homepage.enhance": (
        'waiting for get_by_test_id("homepage-enhance-section").get_by_test_id("anonymous-enhance-button")',
        "Blamethe application (ASSERTION)",
        "at e2e/betterprompts/test_homepage_enhance.py",
        "compare both with what this release changed",
        "--check homepage.enhance --headed",
        "step “type the safe prompt”",
        'test id "anonymous-enhance-button" is not to be seen; it was in the last good run.',
        "not there; the outline is where it was in the last good run",
        "GET / 200",
    ),
    "login.basic": (
        "login.basic.failed_requests (1) == 0: POST /api/v1/auth/login 500",
        "Blamethe application (APP_5XX)",
        "the page says 'Something went wrong on our side. Please try again.'",
        "search its log for the trace id",
        "--check login.basic --headed",
        "before click, step “sign in”",
        "Pink covers what nobody shall see.",
        "playwright show-trace trace.zip",
        "/api/v1/auth/login 500",
    ),
    "health.api": (
        "status ('degraded') == 'healthy'",
        "Blamethe application (ASSERTION)",
        "answered 200 application/json",
        "compare both with what this release changed",
        "--check health.api",
        "curl -i -H 'User-Agent: smoke-harness/",
        "health.api.first_byte_ms",
        '"redis": "unhealthy"',
    ),
}
"""What each page says: rule, blame, evidence, hint, command, and what is its own."""


@dataclass(frozen=True)
class Story:
    """Two good runs, a bad one and a good one, among the same reports."""

    reports: Path
    environ: dict[str, str]
    bad: dict[str, Any]
    codes: tuple[int, ...]
    pages: dict[str, str]
    """After the bad run."""
    links: tuple[dict[str, str], ...]
    """Of its Allure results."""
    pictured: tuple[float, ...]
    """When the pictures of homepage.enhance were taken, after each run."""

    def page(self, check: str) -> Path:
        return self.reports / "failures" / check / "index.html"


@pytest.fixture(scope="module")
def story(demo: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Story:
    reports = tmp_path_factory.mktemp("story") / "reports"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_TEST", "DD_"))}
    environ = {**clean, **demo.environ, "SMOKE_RUNNER_BAND": ANY_BAND}
    wanted = [word for check in CHECKS for word in ("--check", check)]
    codes, pictured, pages, bad, links = [], [], {}, {}, ()
    for breaks in ((), (), (Break.MISSING_BUTTON, Break.SERVICE_DOWN, Break.LOGIN_ERROR), ()):
        demo.set_breaks(breaks)
        done = warm.smoke("run", *wanted, "--json", "--reports", reports, cwd=ROOT, environ=environ)
        codes.append(done.returncode)
        if breaks:
            bad = json.loads(done.stdout)
            links = tuple(links_in(reports / "allure-results"))
            pages = {check: (reports / "failures" / check / "index.html").read_text() for check in CHECKS}
        good = json.loads((reports / "good/betterprompts/local/good.json").read_text())
        pictured.append(good["homepage.enhance"]["pictured"])
    return Story(reports, environ, bad, tuple(codes), pages, links, tuple(pictured))


def links_in(results: Path) -> Iterator[dict[str, str]]:
    for path in sorted(results.glob("*-result.json")):
        yield from json.loads(path.read_text(encoding="utf-8")).get("links", ())


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_read_the_pages_and_they_ask_nobody(story: Story, chrome: Any, look: str) -> None:
    """No request but for the page, nothing in the console, nothing serious by axe, nothing wider than the screen."""
    script = axe.script()
    for check in CHECKS:
        context = chrome.new_context(**LOOKS[look], bypass_csp=True)
        page, asked, said = context.new_page(), [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto(story.page(check).as_uri())
        pictures = page.locator("svg image")
        assert [url for url in asked if not url.startswith("data:")] == [story.page(check).as_uri()]
        assert said == []
        assert axe.grave(page, script) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert pictures.count() == {"homepage.enhance": 2, "login.basic": 3, "health.api": 0}[check]
        context.close()


@pytest.mark.parametrize("check", CHECKS)
def test_a_page_says_what_happened_and_what_to_do(story: Story, chrome: Any, check: str) -> None:
    """Rule, blame, evidence, hint, command and trace id are there to be read, under a policy that lets nothing run."""
    context = chrome.new_context()
    page = context.new_page()
    page.goto(story.page(check).as_uri())
    said = " ".join(page.locator("body").text_content().split())
    assert [text for text in TOLD[check] if text not in said] == []
    row = next(each for each in story.bad["checks"] if each["id"] == check)
    trace = next(line.removeprefix("trace id ") for line in row["evidence"] if line.startswith("trace id "))
    assert f"Trace id{trace}" in said
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    context.close()


def test_what_is_missing_is_outlined_where_it_was(story: Story, chrome: Any) -> None:
    """The button that is gone is outlined in the picture of the failure, at its place of the good run."""
    page = chrome.new_page()
    page.goto(story.page("homepage.enhance").as_uri())
    places = [
        [float(each.get_attribute(name) or 0) for name in ("x", "y", "width", "height")]
        for each in page.locator("figure", has_text="At the failure").locator(".outline").all()
    ]
    [(x, y, width, height)] = places
    assert 0 < x < x + width < 1280
    assert 0 < y + height / 2 < 720
    page.close()


def test_the_place_in_the_answer_is_marked(story: Story, chrome: Any) -> None:
    """Of a health answer the two lines that broke a rule are marked, and no other."""
    page = chrome.new_page()
    page.goto(story.page("health.api").as_uri())
    assert [text.strip() for text in page.locator("mark").all_inner_texts()] == [
        '"status": "degraded",',
        '"redis": "unhealthy",',
    ]
    page.close()


def test_a_page_stays_after_recovery_and_says_so(story: Story) -> None:
    """The next green run changes nothing of the page but that it recovered."""
    assert story.codes == (0, 0, 1, 0)
    for check in CHECKS:
        now = story.page(check).read_text()
        banner = re.search(r'<p class="recovered">.*?</p>', now)
        assert banner is not None
        assert now.replace(banner[0], "<!-- not recovered -->") == story.pages[check]
        assert json.loads((story.page(check).parent / "failure.json").read_text())["recovered"]


def test_pictures_of_what_is_good_are_taken_once_a_day(story: Story) -> None:
    """The first run has nobody to keep them for, the second takes them, a later one of that day does not."""
    first, second, _, last = story.pictured
    assert first == 0
    assert second > 0
    assert last == second


def test_no_password_is_in_any_of_the_files(story: Story) -> None:
    """What a journey typed is neither on the pages nor beside them nor in what is kept of good runs."""
    passwords = [value.encode() for name, value in story.environ.items() if name.startswith("SMOKE_TEST_PASSWORD")]
    left = [path.read_bytes() for path in story.reports.rglob("*") if path.is_file()]
    assert passwords
    assert [password for password in passwords if any(password in data for data in left)] == []


def test_allure_leads_to_the_pages(story: Story) -> None:
    """Each result of a bad check has a link that is right from the folder of the report; good ones have none."""
    report = story.reports / "allure-report"
    pages = [each for each in story.links if each["name"] == "failure page"]
    found = {Path(os.path.normpath(report / each["url"])) for each in pages}
    assert found == {story.page(check) for check in CHECKS}
    traces = [each["url"].partition("?trace=")[2] for each in story.links if each["name"] == "trace"]
    assert {Path(os.path.normpath(report / "trace" / each)).parent.parent for each in traces} == {
        story.reports / "attempts"
    }
    assert list(links_in(story.reports / "allure-results")) == []


def test_an_error_of_a_script_is_told_with_its_line(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """Lines are counted from 1, as everywhere else."""
    script = "\nsetTimeout(() => { throw new Error('torn') })"
    httpserver.expect_request("/torn.js").respond_with_data(script, content_type="text/javascript")
    run(tmp_path, shop, "page.add_script_tag(url='/torn.js'); page.wait_for_event('pageerror')")
    (page,) = tmp_path.glob("**/failures/*/index.html")
    assert "expected no page errors; got 1: torn (at /torn.js:2)" in page.read_text()
