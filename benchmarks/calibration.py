"""How long the references take on this machine, idle and busy, beside what they stand for: an application's figures."""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from smoke.answers.exchange import Request
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options
from smoke.demo.process import start
from smoke.probing import reference as exchanges
from smoke.probing.client import send
from smoke.proof.burning import busy
from smoke.running import reference as pages
from smoke.running import vitals

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TIMES = 8


class Bare:
    """Opens pages as the spares of a run do."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @contextmanager
    def bare(self) -> Iterator[Page]:
        """Yield a page of a fresh context."""
        context = self.browser.new_context()
        try:
            yield context.new_page()
        finally:
            context.close()


def exchanged(url: str) -> tuple[float, float]:
    """Return milliseconds of the reference exchange, and of the target's health, from a thread as probes have."""
    found: list[float] = []

    async def both() -> None:
        seen = await exchanges.reading(math.inf)
        request = Request(method="GET", url=f"{url}/health", headers=(), check_id="")
        found.extend((seen.value_ms if seen else math.nan, (await send(request, 30)).timing.total_ms))

    thread = threading.Thread(target=lambda: asyncio.run(both()))
    thread.start()
    thread.join()
    return found[0], found[1]


def loaded(bare: Bare, url: str) -> tuple[float, float]:
    """Return milliseconds of the reference page, and of the target's homepage."""
    seen = pages.reading(bare, math.inf)  # type: ignore[arg-type]
    with bare.bare() as page:
        page.goto(url)
        _, measured = vitals.read(page, "home", {}, {})
    took = next(each.value for each in measured if each.name == "home.load_ms")
    return seen.value_ms if seen else math.nan, took or math.nan


def main() -> None:
    """Print one row for each number of busy processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("busy", nargs="*", type=int, default=[0, 2, 4, 8])
    print("| busy processes | reference page | homepage | reference exchange | health |\n|---|---|---|---|---|")
    with start() as demo, sync_playwright() as driver:
        choice = find_browser("chromium", os.environ)
        bare = Bare(driver.chromium.launch(**launch_options(choice)))
        url = demo.base_urls["betterprompts"]
        loaded(bare, url)
        for count in parser.parse_args().busy:
            with busy(count):
                taken = [(*loaded(bare, url), *exchanged(url)) for _ in range(TIMES)]
            cells = [
                f"{statistics.median(each):.0f} ({min(each):.0f} to {max(each):.0f})"
                for each in zip(*taken, strict=True)
            ]
            print(f"| {count} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
