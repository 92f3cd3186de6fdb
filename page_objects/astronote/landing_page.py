from playwright.sync_api import Page as BrowserPage

from page_objects.astronote.banner import Banner
from page_objects.page import Page


class LandingPage(Page):
    path = "/"
    title = "Astronote - Messages your customers want to read"

    def __init__(self, page: BrowserPage) -> None:
        super().__init__(page, page.get_by_role("heading", level=1, name="Messages your customers want to read"))
        self.banner = Banner(page)
        self.sample = page.get_by_role("figure")
        self.areas = page.get_by_role("region", name="Areas").get_by_role("link")
        self.features = page.get_by_role("list", name="Features").get_by_role("listitem")
        self.start = page.get_by_role("link", name="Start writing")
        self.footer = page.get_by_role("contentinfo")

    def enter(self, area: str) -> None:
        self.areas.filter(has_text=f"See Astronote {area}").click()
