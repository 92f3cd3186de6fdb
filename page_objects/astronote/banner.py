from playwright.sync_api import Page as BrowserPage


class Banner:
    def __init__(self, page: BrowserPage) -> None:
        self.root = page.get_by_role("banner")
        self.navigation = self.root.get_by_role("navigation", name="Main navigation")
        self.home = self.root.get_by_role("link", name="Astronote")
        self.sign_in = self.root.get_by_role("link", name="Sign in")

    def go_home(self) -> None:
        self.home.click()
