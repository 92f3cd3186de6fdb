"""Which browser a run would drive, and whether it starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

if TYPE_CHECKING:
    from smoke.browser.choice import BrowserChoice

ABOUT = "browser"


@examination(ABOUT)
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Start the browser that is there, and say which it is; none is downloaded for that."""
    from smoke.browser.at_hand import at_hand
    from smoke.browser.choice import BrowserChoice, BrowserMissing

    name = here.settings.browser
    try:
        found = at_hand(name, here.machine)
    except BrowserMissing as missing:
        yield Diagnosis(about=ABOUT, health=Health.ILL, text=str(missing))
        return
    if isinstance(found, BrowserChoice):
        yield _started(found)
    else:
        remedy = f"playwright install {name}; a run tries that by itself"
        yield Diagnosis(about=ABOUT, health=Health.ILL, text=f"no {name} is here: {found.reason}", remedy=remedy)


def _started(choice: BrowserChoice) -> Diagnosis:
    from playwright.sync_api import sync_playwright

    from smoke.browser.choice import BrowserMissing
    from smoke.browser.starting import start

    which = f"{choice.executable or choice.name} ({choice.origin})"
    begun = time.perf_counter()
    try:
        with sync_playwright() as driver:
            browser = start(driver, choice)
            version = browser.version
            browser.close()
    except BrowserMissing as missing:
        remedy = f"playwright install-deps {choice.name} installs the libraries that it may miss"
        return Diagnosis(about=ABOUT, health=Health.ILL, text=str(missing), remedy="" if choice.server else remedy)
    text = f"{choice.name} {version} starts in {time.perf_counter() - begun:.1f} s: {which}"
    return Diagnosis(about=ABOUT, health=Health.WELL, text=text)
