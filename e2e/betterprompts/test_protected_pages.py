import re

from playwright.sync_api import Page, expect

from page_objects.betterprompts.login_page import LoginPage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("pages.protected", category="authentication")
def test_protected_pages(page: Page, journey: Journey) -> None:
    """Signed out, every protected page leads to the login and remembers where one wanted to go."""
    for path in ("/dashboard", "/history", "/profile", "/settings"):
        with journey.step(f"{path} asks to sign in"):
            page.goto(f".{path}")
            expect(page).to_have_url(re.compile(rf"/login\?redirect=(%2F|/){path[1:]}"))
            LoginPage(page).arrived()
