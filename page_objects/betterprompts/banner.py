from playwright.sync_api import Page as BrowserPage


class Banner:
    def __init__(self, page: BrowserPage) -> None:
        self.root = page.get_by_role("banner")
        self.navigation = self.root.get_by_role("navigation", name="Main navigation")
        self.sign_in = self.root.get_by_role("link", name="Sign in")
        self.account = self.root.get_by_role("button", name="Account")
        self.log_out = page.get_by_role("menuitem", name="Log out")

    def sign_out(self) -> None:
        self.account.click()
        self.log_out.click()
