"""Whether there still is a browser that answers: nothing that a journey missed counts without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoke.running.aside import Aside

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

ANSWER_S = 3.0


def browser_gone(context: BrowserContext) -> str | None:
    """Ask the browser of ``context`` something that it knows by itself; say what became of it if it does not answer."""
    from playwright.sync_api import Error

    if context.browser is not None and not context.browser.is_connected():
        return "the browser was gone before the journey ended"
    try:
        Aside(context, lambda: context.cookies("http://nowhere.invalid")).result(ANSWER_S)
    except TimeoutError:
        return f"the browser, or its driver, stands still: it answered nothing for {ANSWER_S:g} s"
    except Error:
        return None if _answers(context) else "the browser was gone before the journey ended"
    return None


def _answers(context: BrowserContext) -> bool:
    """Tell whether the browser goes on without ``context``, which the journey itself may have closed."""
    from playwright.sync_api import Error

    browser = context.browser
    if browser is None or browser.browser_type.name != "chromium":
        return browser is not None and browser.is_connected()
    try:
        Aside(browser, lambda: browser.new_browser_cdp_session().detach()).result(ANSWER_S)
    except (Error, TimeoutError):
        return False
    return True
