from page_objects.roundup.sidebar import Sidebar
from playwright.sync_api import Page as BrowserPage

from page_objects.page import Page


class IssuesPage(Page):
    path = "/"
    title = "List of issues - Roundup issue tracker"

    def __init__(self, page: BrowserPage) -> None:
        super().__init__(page, page.get_by_role("heading", level=2, name="List of issues"))
        self.sidebar = Sidebar(page)
        self.list = page.locator("table.list")
        self.search = page.get_by_role("button", name="Search")
        self.error = page.locator(".error-message")
