import re

from playwright.sync_api import Locator
from playwright.sync_api import Page as BrowserPage

from page_objects.betterprompts.banner import Banner
from page_objects.page import Page


class AnonymousEnhancement:
    def __init__(self, root: Locator) -> None:
        self.prompt = root.get_by_test_id("anonymous-prompt-input")
        self.enhance = root.get_by_test_id("anonymous-enhance-button")
        self.count = root.get_by_test_id("anonymous-character-count")
        self.output = root.get_by_test_id("anonymous-enhanced-output")
        self.techniques = root.get_by_test_id("applied-techniques")


class HomePage(Page):
    path = "/"
    title = "BetterPrompts - AI Prompt Engineering Made Simple"

    def __init__(self, page: BrowserPage) -> None:
        super().__init__(
            page, page.get_by_role("heading", level=1, name=re.compile(r"Prompt Engineering\s*Made Simple"))
        )
        self.banner = Banner(page)
        self.hero = page.get_by_test_id("hero-section")
        self.enhancement = AnonymousEnhancement(page.get_by_test_id("homepage-enhance-section"))
        self.features = page.get_by_test_id("features-section")
        self.feature_cards = page.get_by_test_id("feature-card")
        self.call_to_action = page.get_by_test_id("cta-button")
        self.footer = page.get_by_role("contentinfo")

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=2, name=name)

    def scroll_to_end(self) -> None:
        self.page.keyboard.press("End")
        self.features.scroll_into_view_if_needed()
        self.call_to_action.scroll_into_view_if_needed()
