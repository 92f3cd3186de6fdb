"""Draws the page about a bad check: whole in itself, without a script, and nothing that comes from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.bundle.page import Page
from smoke.bundle.standing import Standing
from smoke.model import Outcome
from smoke.moments import iso
from smoke.reporting.pages import drawing

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
LOOKS = {Outcome.FAIL: ("✕", "down"), Outcome.FLAKY: ("◐", "degraded"), Outcome.INCONCLUSIVE: ("?", "unknown")}
RECOVERED = "<!-- not recovered -->"
"""Stands where a page that is kept will say that all is well again; nothing that is shown can look like it."""
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, those that turn the direction of writing, and halves of characters."""
LONGEST = 4000


def drawn(page: Page) -> str:
    """Return the page as HTML."""
    sign, look = LOOKS[page.result.outcome]
    return _template("page.html").render(page=page, sign=sign, look=look)


def listed(standings: Sequence[Standing]) -> str:
    """Return the page that leads to all pages, in the order of ``standings``."""
    bad = sum(each.recovered is None for each in standings)
    return _template("list.html").render(standings=standings, bad=bad)


def recovered(html: str, at: float, run_id: str) -> str:
    """Return a page that says since when all is well again; the same where it says so already."""
    said = f"{_moment(at)}</time>, run <code>{run_id}</code>. What follows is how it was.</p>"
    banner = f'<p class="recovered"><span class="word up">● Recovered</span> at <time datetime="{iso(at)}">{said}'
    return html.replace(RECOVERED, banner, 1)


def _shown(text: object) -> str:
    shown = UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


@cache
def _template(name: str) -> Template:
    from markupsafe import Markup

    made = drawing(HERE, "page.css")
    made.filters |= {"shown": _shown, "moment": _moment, "iso": iso}
    made.globals["RECOVERED"] = Markup(RECOVERED)  # noqa: S704 - our own word
    return made.get_template(name)
