from playwright.sync_api import Page as BrowserPage

from page_objects.astronote.banner import Banner


class DoorPage:
    def __init__(self, page: BrowserPage, area: str) -> None:
        self.banner = Banner(page)
        self.heading = page.get_by_role("heading", level=1)
        self.points = page.get_by_role("list", name="What it does").get_by_role("listitem")
        self.sign_in = page.get_by_role("link", name=f"Sign in to {area}")
