"""Looks at a healthy page once and proposes what suite.yaml and noise.yaml could say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import yaml

from smoke.browser import BrowserChoice, launch_options
from smoke.config.page_rules import PageRules
from smoke.model import Signal
from smoke.pages import Visit
from smoke.running.guard import Guard
from smoke.running.listeners import Listeners
from smoke.running.scope import LISTENING
from smoke.running.spares import Contexts, Spares

SECURITY_HEADERS = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
"""What the OWASP Secure Headers Project asks of documents, as far as browsers still heed it."""
NOISE_DAYS = 90


def look(guard: Guard, choice: BrowserChoice, path: str) -> tuple[Visit, Listeners]:
    """Open ``path`` of the target in the browser, under ``guard``, and return what was seen of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = getattr(playwright, choice.name).launch(**launch_options(choice))
        spares = Spares(Contexts(guard, PageRules(), lambda _value: None))
        spares.adopt(browser)
        listeners = spares.contexts.listeners()
        LISTENING.set(listeners)
        page = browser.new_page()
        page.goto(guard.target.base_url + path)
        listeners.watch.look()
        browser.close()
    return listeners.watch.visit(), listeners


def propose(visit: Visit, signals: Iterable[Signal], today: date) -> str:
    """Write the proposal as YAML: ``page`` for suite.yaml and ``noise`` for noise.yaml. Pure."""
    headers = visit.documents[-1].headers if visit.documents else {}
    page: dict[str, Any] = {
        "headers": {name: {"equals": headers[name.lower()]} for name in SECURITY_HEADERS if name.lower() in headers},
        "cookies": {
            cookie.name: {
                "http_only": cookie.http_only,
                "same_site": cookie.same_site,
                "secure": "always" if cookie.secure else "over-https",
            }
            for cookie in visit.cookies
        },
        "never": [r"\bundefined\b", r"\bNaN\b", r"\[object Object\]", "Internal Server Error"],
    }
    noise = [
        {
            "kind": str(signal.kind),
            "matches": re.escape(signal.text),
            "reason": "seen on a healthy load: say why it is accepted",
            "owner": "say who will mend it",
            "until": today + timedelta(days=NOISE_DAYS),
        }
        for signal in signals
    ]
    parts = ["# suite.yaml", _yaml({"page": {key: value for key, value in page.items() if value}})]
    if noise:
        parts += ["# noise.yaml: `matches` is a regular expression", _yaml({"noise": noise})]
    return "\n".join(parts)


def _yaml(data: object) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
