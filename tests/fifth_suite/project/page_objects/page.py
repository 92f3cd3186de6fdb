from typing import ClassVar, Self

from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as BrowserPage


class Page:
    path: ClassVar[str]

    def __init__(self, page: BrowserPage, landmark: Locator) -> None:
        self.page = page
        self.landmark = landmark

    def open(self) -> Self:
        self.page.goto(f".{self.path}")
        return self.arrived()

    def arrived(self) -> Self:
        expect(self.landmark).to_be_visible()
        return self
