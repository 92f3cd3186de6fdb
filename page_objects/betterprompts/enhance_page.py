from playwright.sync_api import Page as BrowserPage

from page_objects.page import Page


class EnhancePage(Page):
    path = "/enhance"

    def __init__(self, page: BrowserPage) -> None:
        super().__init__(page, page.get_by_role("heading", level=1, name="Enhance Your Prompts"))
        self.prompt = page.get_by_label("Enter your prompt")
        self.enhance = page.get_by_role("button", name="Enhance Prompt")
        self.answer = page.locator("pre")

    def ask(self, prompt: str) -> None:
        self.prompt.fill(prompt)
        self.enhance.click()
