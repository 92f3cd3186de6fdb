"""The browser that a run would take, without a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield it; it ends with the block. One at a time: Playwright has one loop for each thread."""
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_options(find_browser())) as browser:
        yield browser
