"""What the guard costs: pages without it, with it, and with every request asked for in Python."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.goals import Measured, measured
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options
from smoke.config.load import load
from smoke.demo.process import start
from smoke.planning.plan import Selection, plan
from smoke.running.guard import Guard, guard_of
from smoke.running.interception import watch_browser, watch_sockets
from smoke.target import Target

ROOT = Path(__file__).parents[1]
SUITE = "betterprompts"
PAGES = ("/", "/enhance", "/login")


def guarded(guard: Guard, browser: Browser) -> Callable[[BrowserContext], object]:
    """Put ``browser`` under the run's own guard."""
    watch_browser(guard, browser)
    asker = guard.asker()
    return lambda context: watch_sockets(guard, context, asker)


def asking_for_each(_guard: Guard, _browser: Browser) -> Callable[[BrowserContext], object]:
    """Have Python let every single request through."""
    return lambda context: context.route("**/*", lambda route: route.continue_())


def without(_guard: Guard, _browser: Browser) -> Callable[[BrowserContext], object]:
    """Let everything pass."""
    return lambda _context: None


WAYS = {"without": without, "guard": guarded, "every request": asking_for_each}


def walk(browser: Browser, hold: Callable[[BrowserContext], object], base: str) -> float:
    """Open each page in a context of its own; return the seconds that took."""
    begun = time.perf_counter()
    for path in PAGES:
        context = browser.new_context()
        hold(context)
        context.new_page().goto(base + path)
        context.close()
    return time.perf_counter() - begun


def ratios(rounds: int) -> dict[str, list[float]]:
    """Walk in turn each way, a browser for each; return the times against those without a guard."""
    planned = plan(load(ROOT, SUITE), "local", None, Selection())
    options = launch_options(find_browser())
    with start() as demo, sync_playwright() as driver:
        base = demo.base_urls[SUITE]
        target = Target(base_url=base, urls={}, contract="planned", timeout_ms=5000, texts={}, budgets={})
        browsers = {name: driver.chromium.launch(**options) for name in WAYS}
        holds = {name: way(guard_of(planned, target, "bench"), browsers[name]) for name, way in WAYS.items()}
        for name, browser in browsers.items():
            walk(browser, holds[name], base)  # warms caches
        taken = [{name: walk(browser, holds[name], base) for name, browser in browsers.items()} for _ in range(rounds)]
    return {name: [each[name] / each["without"] for each in taken] for name in WAYS}


def guarded_pages(count: int) -> list[Measured]:
    """Measure page loads under the guard; as many rounds as there are runs, twice over."""
    found = ratios(2 * count)
    asked = statistics.median(found["every request"])
    print(f"  {asked:.2f} if Python were asked for every request", file=sys.stderr)
    return [measured("page loads under guard", found["guard"])]
