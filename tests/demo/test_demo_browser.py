"""The application as a browser sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from smoke.demo.breaks import Break
from tests.demo.client import PREMIUM, Demo

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def trouble(tab: Page) -> list[str]:
    """Everything that the page complains about."""
    seen: list[str] = []
    tab.on("console", lambda message: message.type == "error" and seen.append(message.text))
    tab.on("pageerror", lambda error: seen.append(error.message))
    tab.on("requestfailed", lambda request: seen.append(f"{request.url} {request.failure}"))
    tab.on("response", lambda reply: reply.status >= 400 and seen.append(f"{reply.url} {reply.status}"))
    return seen


def test_visitor_becomes_a_member_and_leaves(breakable: Demo, tab: Page, trouble: list[str]) -> None:
    """Home, an anonymous enhancement, login, second factor and logout work without a single complaint."""
    tab.goto(breakable.base_url)
    expect(tab).to_have_title("BetterPrompts - AI Prompt Engineering Made Simple")
    expect(tab.get_by_role("heading", level=1, name=re.compile(r"Prompt Engineering\s*Made Simple"))).to_be_visible()
    expect(tab.get_by_test_id("features-section")).to_have_count(0)

    button = tab.get_by_test_id("anonymous-enhance-button")
    expect(button).to_be_disabled()
    tab.get_by_placeholder("Type your prompt here...").fill("Explain rainbows to a child")
    expect(tab.get_by_test_id("anonymous-character-count")).to_have_text("27/2000")
    button.click()
    expect(tab.get_by_test_id("anonymous-enhanced-output")).to_contain_text("rainbows")
    expect(tab.get_by_test_id("applied-techniques")).to_contain_text("Role prompting")
    expect(tab.get_by_test_id("signup-cta")).to_be_visible()

    tab.mouse.wheel(0, 5000)
    expect(tab.get_by_test_id("feature-card")).to_have_count(6)
    tab.mouse.wheel(0, 5000)
    expect(tab.get_by_test_id("cta-title")).to_be_visible()

    tab.goto(f"{breakable.base_url}/history")
    tab.get_by_label("Email").fill(PREMIUM)
    tab.get_by_label("Password").fill(breakable.password)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="Two-factor authentication")).to_be_visible()
    tab.get_by_label("Authentication code").fill(breakable.code())
    tab.get_by_role("button", name="Verify").click()
    expect(tab.get_by_role("heading", level=1, name="History")).to_be_visible()
    assert tab.evaluate("Object.keys(localStorage).sort()") == ["access_token", "refresh_token", "user-store"]

    banner = tab.get_by_role("banner")
    banner.get_by_role("button", name="Account").click()
    tab.get_by_role("menuitem", name="Log out").click()
    expect(banner.get_by_role("link", name="Sign in")).to_be_visible()
    assert tab.evaluate("Object.keys(localStorage)") == []
    assert trouble == []


def test_enhance_page_answers(demo: Demo, tab: Page, trouble: list[str]) -> None:
    """The workbench offers techniques and shows its answer in the only preformatted block."""
    tab.goto(f"{demo.base_url}/enhance")
    tab.get_by_label("Enter your prompt").fill("Write a limerick about bees")
    tab.get_by_role("checkbox", name="Audience").check()
    tab.get_by_role("button", name="Enhance Prompt").click()
    expect(tab.locator("pre")).to_contain_text("limerick")
    expect(tab.get_by_label("Applied techniques")).to_contain_text("Audience")
    assert trouble == []


def test_enhance_page_says_when_it_is_offline(demo: Demo, tab: Page) -> None:
    """A health call that fails disables the button and says so."""
    tab.route("**/api/v1/health", lambda route: route.abort())
    tab.goto(f"{demo.base_url}/enhance")
    expect(tab.get_by_role("button", name="Offline")).to_be_disabled()
    expect(tab.get_by_role("heading", name="Connection Issue")).to_be_visible()


def test_wrong_password_is_explained(demo: Demo, tab: Page) -> None:
    """The alert says what was wrong, and a second alert on the page is empty."""
    tab.goto(f"{demo.base_url}/login")
    expect(tab.get_by_role("heading", level=3, name="Welcome back")).to_be_visible()
    tab.get_by_label("Email").fill("nobody@example.com")
    tab.get_by_label("Password").fill("wrong")
    tab.get_by_role("checkbox", name="Remember me").check()
    tab.get_by_role("button", name="Sign in").click()
    alerts = tab.get_by_role("alert")
    expect(alerts.filter(has_text="Invalid email or password. Please try again.")).to_be_visible()
    expect(alerts).to_have_count(2)


def test_homepage_offers_another_try(demo: Demo, tab: Page) -> None:
    """When the API fails the workbench says so, and the retry works."""
    tab.route("**/api/v1/enhance", lambda route: route.fulfill(status=500, body="{}"), times=1)
    tab.goto(demo.base_url)
    tab.get_by_test_id("anonymous-prompt-input").fill("Explain snow")
    tab.get_by_test_id("anonymous-enhance-button").click()
    expect(tab.get_by_test_id("error-message")).to_contain_text("Something went wrong")
    tab.get_by_test_id("retry-button").click()
    expect(tab.get_by_test_id("anonymous-enhanced-output")).to_contain_text("snow")


def test_as_built_homepage_is_noisy(as_built: Demo, tab: Page, trouble: list[str]) -> None:
    """Today every visit logs 404s of dead links, and the enhancement asks no server."""
    posts: list[str] = []
    tab.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    tab.goto(as_built.base_url)
    tab.get_by_test_id("anonymous-prompt-input").fill("Explain fog")
    tab.get_by_test_id("anonymous-enhance-button").click()
    expect(tab.get_by_test_id("anonymous-enhanced-output")).to_contain_text("fog")
    errors = [text for text in trouble if text.startswith("Failed to load resource")]
    assert 9 <= len(errors) <= 12
    assert posts == []


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        (Break.CONSOLE_ERROR, "Failed to load recommendations"),
        (Break.PAGE_ERROR, "Cannot read properties of undefined"),
        (Break.ASSET_404, "home.missing.css 404"),
    ],
)
def test_broken_homepage_complains(breakable: Demo, tab: Page, trouble: list[str], item: Break, complaint: str) -> None:
    """What these breaks do can be seen in a browser only."""
    breakable.process.set_breaks([item])
    try:
        tab.goto(breakable.base_url)
    finally:
        breakable.process.set_breaks()
    assert any(complaint in text for text in trouble), trouble
