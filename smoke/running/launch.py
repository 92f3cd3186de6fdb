"""Starts what a run waits for, side by side: target, driver and browser, and Python's own work on another thread."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.browser.choice import BrowserMissing
from smoke.browser.find import find_browser
from smoke.browser.starting import start
from smoke.config.problems import ConfigError, problems_of
from smoke.model import CheckKind
from smoke.running.aside import Aside
from smoke.running.launched import Starting

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from smoke.planning.plan import Plan
    from smoke.settings import Settings
    from smoke.target import Target

NEEDED_SOON = (
    "smoke.running.opening",
    "smoke.running.run",
    "smoke.running.after",
    "pytest",
    "pytest_playwright.pytest_playwright",
    "allure_pytest.plugin",
    "smoke.running.session_plugin",
    "smoke.running.fixtures",
    "smoke.running.crew",
    "smoke.running.abreast",
    "smoke.config.monitoring",
)
NEEDED_LAST = ("smoke.running.concluding", "smoke.reporting.allure_results", "rich.table", "smoke.sinks.delivery")
"""What follows the last check: loaded when the first journeys are under way."""
DRIVER_CACHE = Path("~/.cache/smoke-harness/node").expanduser()
"""Where the driver, a Node program, keeps its compiled code."""
SWITCH_S = 0.0005
"""How long a thread that imports may keep one waiting that has the driver's answer: Python's own 5 ms add up."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run stands on, begun and partly still on its way."""

    plan: Plan
    target: Future[Target]
    starting: Starting | BrowserMissing | None = None
    """The browser, or why there is none, where it does not wait for pytest."""


def begin(settings: Settings, stack: ExitStack) -> Begun:
    """Plan the run and begin to open its target, which ``stack`` will close; raises ConfigError."""
    planned = _plan(settings)
    return Begun(planned, _opening(planned, settings, stack))


def begin_with_driver(settings: Settings, stack: ExitStack) -> Begun:
    """Do the same while driver and browser start, and load meanwhile what comes after; raises ConfigError.

    Where only some checks are asked for, it is seen first whether a journey is among them: probes need none of that.
    """
    narrowed = settings.check or settings.category or settings.shard
    begun = begin(settings, stack) if narrowed else None
    if begun and not _has_journeys(begun.plan):
        return begun
    from playwright.sync_api import sync_playwright  # before the other thread competes for the interpreter

    sys.setswitchinterval(SWITCH_S)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a driver that is gone is told by whoever misses it
    os.environ.setdefault("NODE_COMPILE_CACHE", str(DRIVER_CACHE))
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    planning = ahead.submit(lambda: begun or begin(settings, stack))
    for name in NEEDED_SOON:
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)
    try:
        driver = stack.enter_context(sync_playwright())
    finally:
        planned = planning.result()
    return replace(planned, starting=starting(driver, planned.plan, planned.target, settings))


def load_last(others: Iterable[str] = ()) -> None:
    """Load what follows the last check, ``others`` too, on a thread of its own; what is missing is missed later."""
    ahead = ThreadPoolExecutor(1, "smoke-ahead")
    for name in (*NEEDED_LAST, *others):
        ahead.submit(importlib.import_module, name)
    ahead.shutdown(wait=False)


def starting(
    driver: Playwright, planned: Plan, target: Future[Target], settings: Settings
) -> Starting | BrowserMissing | None:
    """Ask ``driver`` for the browser, if a journey needs one.

    One that is elsewhere is told where on this machine the target is, which is waited for; raises what that does.
    """
    if not _has_journeys(planned):
        return None
    try:
        choice = find_browser(settings.browser, settings.environ, headed=settings.headed)
    except BrowserMissing as missing:
        return missing
    ports = target.result().own_ports if choice.server else ()
    headless, slow_mo = not settings.headed, settings.slowmo
    browser = Aside(driver, lambda: start(driver, choice, ports, headless=headless, slow_mo=slow_mo))
    return Starting(driver, choice, browser)


def _has_journeys(planned: Plan) -> bool:
    return any(check.kind is CheckKind.JOURNEY for check in planned.checks)


def _plan(settings: Settings) -> Plan:
    from smoke.running.planning import plan_of, share_of  # here, so that it is loaded by whichever thread plans

    try:
        return share_of(plan_of(settings), settings)
    except ConfigError as error:
        from smoke.config.monitoring import monitoring

        more = problems_of(lambda: monitoring(settings.root))
        raise ConfigError([*error.problems, *more]) from None


def _opening(planned: Plan, settings: Settings, stack: ExitStack) -> Future[Target]:
    from smoke.target import open_target

    opener = ThreadPoolExecutor(1, "smoke-target")
    opening = opener.submit(lambda: stack.enter_context(open_target(planned, settings)))
    opener.shutdown(wait=False)
    return opening
