from playwright.sync_api import Locator
from playwright.sync_api import Page as BrowserPage


class Sidebar:
    def __init__(self, page: BrowserPage) -> None:
        self.root = page.get_by_role("navigation", name="Main")
        self.user = self.root.locator("[name=__login_name]")
        self.password = self.root.locator("[name=__login_password]")
        self.login = self.root.get_by_role("button", name="Login")
        self.logout = self.root.get_by_role("link", name="Logout")

    def sign_in(self, user: str, password: str) -> None:
        self.user.fill(user)
        self.password.fill(password)
        self.login.click()

    def greeting(self, user: str) -> Locator:
        return self.root.get_by_text(f"Hello, {user}", exact=True)
