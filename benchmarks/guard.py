"""What the guard costs: pages without it, with it, and with every request asked for in Python. `make bench`."""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from smoke.browser import find_browser, launch_options
from smoke.config.load import load
from smoke.demo.process import start
from smoke.plan import Selection, plan
from smoke.running.guard import Guard, guard_of
from smoke.running.interception import watch_browser, watch_sockets
from smoke.running.target import Target

ROOT = Path(__file__).parents[1]
SUITE = "betterprompts"
PAGES = ("/", "/enhance", "/login")


def guarded(guard: Guard, browser: Browser) -> Callable[[BrowserContext], None]:
    """Put ``browser`` under the run's own guard."""
    watch_browser(guard, browser)
    asker = guard.asker()
    return lambda context: watch_sockets(guard, context, asker)


def asking_for_each(_guard: Guard, _browser: Browser) -> Callable[[BrowserContext], None]:
    """Have Python let every single request through."""
    return lambda context: context.route("**/*", lambda route: route.continue_())


def without(_guard: Guard, _browser: Browser) -> Callable[[BrowserContext], None]:
    """Let everything pass."""
    return lambda _context: None


WAYS = {"without": without, "guard": guarded, "every request": asking_for_each}


def walk(browser: Browser, hold: Callable[[BrowserContext], None], base: str) -> float:
    """Open each page in a context of its own; return the seconds that took."""
    begun = time.perf_counter()
    for path in PAGES:
        context = browser.new_context()
        hold(context)
        context.new_page().goto(base + path)
        context.close()
    return time.perf_counter() - begun


def main() -> None:
    """Walk in turn each way, a browser for each, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=8, help="rounds (default: 8)")
    rounds = parser.parse_args().n
    planned = plan(load(ROOT, SUITE), "local", None, Selection())
    options = launch_options(find_browser())
    with start() as demo, sync_playwright() as driver:
        base = demo.base_urls[SUITE]
        target = Target(base_url=base, urls={}, contract="planned", timeout_ms=5000, texts={}, budgets={})
        browsers = {name: driver.chromium.launch(**options) for name in WAYS}
        holds = {name: way(guard_of(planned, target, "bench"), browsers[name]) for name, way in WAYS.items()}
        taken = {name: [walk(browsers[name], holds[name], base) for _ in range(1)] for name in WAYS}
        taken = {name: [] for name in WAYS}
        for _ in range(rounds):
            for name, browser in browsers.items():
                taken[name].append(walk(browser, holds[name], base))
    for name in ("guard", "every request"):
        ratios = [each / bare for each, bare in zip(taken[name], taken["without"], strict=True)]
        spread = f"from {min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name}: median {statistics.median(ratios):.2f} times the time without ({spread})")


if __name__ == "__main__":
    main()
