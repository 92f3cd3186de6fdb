"""Which browser to drive, where it comes from, and how to start it quietly."""

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_args, launch_options, version

__all__ = [
    "BrowserChoice",
    "BrowserMissing",
    "Origin",
    "find_browser",
    "launch_args",
    "launch_options",
    "version",
]
