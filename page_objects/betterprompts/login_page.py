import re

from playwright.sync_api import Page as BrowserPage

from page_objects.page import Page


class LoginPage(Page):
    path = "/login"

    def __init__(self, page: BrowserPage) -> None:
        super().__init__(page, page.get_by_role("heading", name="Welcome back"))
        self.email = page.get_by_label("Email")
        self.password = page.get_by_label("Password")
        self.submit = page.get_by_role("button", name="Sign in")
        self.refused = page.get_by_role("alert").filter(has_text="Invalid email or password. Please try again.")
        self.alert = page.get_by_role("alert").filter(has_text=re.compile(r"\S"))

    def sign_in(self, email: str, password: str) -> None:
        self.email.fill(email)
        self.password.fill(password)
        self.submit.click()


class SecondFactor:
    def __init__(self, page: BrowserPage) -> None:
        self.heading = page.get_by_role("heading", name="Two-factor authentication")
        self.code = page.get_by_label("Authentication code")
        self.verify = page.get_by_role("button", name="Verify")
        self.refused = page.get_by_role("alert").filter(has_text="Invalid code")

    def enter(self, code: str) -> None:
        self.code.fill(code)
        self.verify.click()


class LoginTestPage(Page):
    path = "/test-login"

    def __init__(self, page: BrowserPage) -> None:
        self.logout = page.get_by_role("button", name="Logout")
        super().__init__(page, self.logout)
