"""Looks at a healthy page once, under guard."""

from __future__ import annotations

from smoke.answers.pages import Visit
from smoke.browser.choice import BrowserChoice
from smoke.running.guard import Guard
from smoke.running.listeners import Listeners
from smoke.running.window import opened


def look(guard: Guard, choice: BrowserChoice, path: str) -> tuple[Visit, Listeners]:
    """Open ``path`` of the target in the browser, under ``guard``, and return what was seen of it."""
    with opened(guard, choice, learn=lambda _value: None) as window:
        page, listeners = window.open("")
        page.goto(guard.target.base_url + path)
        listeners.visiting.look()
    return listeners.visiting.visit(), listeners
