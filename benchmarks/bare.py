"""The yardstick: a bare Playwright script that walks the same journeys and measures, asserts and reports nothing."""

import os
import sys

import pyotp
from playwright.sync_api import Browser, Page, sync_playwright

BASE = sys.argv[1]
BASIC, PREMIUM = "smoke-test-basic@betterprompts.com", "smoke-test-premium@betterprompts.com"
PROMPT = "Write a short note that explains photosynthesis to a child"


def home(page: Page) -> None:
    page.goto(BASE + "/")
    page.get_by_test_id("anonymous-prompt-input").wait_for()
    page.keyboard.press("End")
    page.get_by_test_id("features-section").scroll_into_view_if_needed()
    page.get_by_test_id("cta-button").scroll_into_view_if_needed()


def home_enhance(page: Page) -> None:
    page.goto(BASE + "/")
    page.get_by_test_id("anonymous-prompt-input").fill(PROMPT)
    page.get_by_test_id("anonymous-enhance-button").click()
    page.get_by_test_id("anonymous-enhanced-output").wait_for()


def enhance(page: Page) -> None:
    page.goto(BASE + "/enhance")
    page.get_by_label("Enter your prompt").fill(PROMPT)
    page.get_by_role("button", name="Enhance Prompt").click()
    page.locator("pre").wait_for()


def sign_in(page: Page, user: str, password: str) -> None:
    page.goto(BASE + "/login")
    page.get_by_label("Email").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Log out").click()
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()


def login_basic(page: Page) -> None:
    sign_in(page, BASIC, os.environ["SMOKE_TEST_PASSWORD"])
    sign_out(page)


def login_totp(page: Page) -> None:
    sign_in(page, PREMIUM, os.environ["SMOKE_TEST_PASSWORD"])
    page.get_by_label("Authentication code").fill(pyotp.TOTP(os.environ["SMOKE_TEST_TOTP_SECRET"]).now())
    page.get_by_role("button", name="Verify").click()
    sign_out(page)


def login_refused(page: Page) -> None:
    sign_in(page, "nobody@smoke.invalid", "no-such-password")
    page.get_by_role("alert").filter(has_text="Invalid email or password").wait_for()


def protected(page: Page) -> None:
    for path in ("/dashboard", "/history", "/profile", "/settings"):
        page.goto(BASE + path)
        page.get_by_role("heading", name="Welcome back").wait_for()


JOURNEYS = (home, home_enhance, enhance, login_basic, login_totp, login_refused, protected)


def walk(browser: Browser) -> None:
    for journey in JOURNEYS:
        context = browser.new_context()
        journey(context.new_page())
        context.close()


with sync_playwright() as playwright:
    executable = os.environ.get("SMOKE_BROWSER_PATH") or None
    browser = playwright.chromium.launch(executable_path=executable, args=os.environ.get("BARE_ARGS", "").split())
    walk(browser)
    browser.close()
