"""Which browser to drive, where it comes from, and how to start it quietly."""

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_args, launch_options, version
from smoke.browser.starting import not_started, patience_s, start

__all__ = [
    "BrowserChoice",
    "BrowserMissing",
    "Origin",
    "find_browser",
    "launch_args",
    "launch_options",
    "not_started",
    "patience_s",
    "start",
    "version",
]
