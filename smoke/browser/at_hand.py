"""Which browser a run would take of those that are here. Gets none, and remembers nothing."""

from __future__ import annotations

from smoke.browser.choice import BrowserChoice, Unavailable
from smoke.browser.find import VARIABLE, find_browser
from smoke.browser.installed import installed
from smoke.browser.own import own
from smoke.browser.server import VARIABLE as SERVER
from smoke.host.machine import Machine


def at_hand(name: str, machine: Machine, *, headed: bool = False) -> BrowserChoice | Unavailable:
    """Return the browser ``name`` that is there, in the order of a run; raises BrowserMissing for a configured one."""
    if machine.environ.get(SERVER) or machine.environ.get(VARIABLE):
        return find_browser(name, headed=headed, machine=machine)
    found = own(name, machine, headed=headed)
    if isinstance(found, BrowserChoice) or name != "chromium":
        return found
    return installed(machine, headed=headed)
