"""Where something stands on a page: the locator that is tried in the browser is the one that is written. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

LANDMARKS = ("main", "banner", "navigation", "dialog", "contentinfo")
LONGEST_NAME = 60


class By(StrEnum):
    """How something is found."""

    ROLE = "role"
    LABEL = "label"
    PLACEHOLDER = "placeholder"
    TEXT = "text"
    CSS = "css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One element of a page, as a page object names it."""

    by: By
    name: str = ""
    """Its accessible name, label, placeholder or text, or the selector; empty: the role alone."""
    role: str = ""
    level: int | None = None
    """Of a heading."""
    exact: bool = False
    within: str = ""
    """Role of the landmark that it stands in; empty: anywhere."""

    @property
    def code(self) -> str:
        """The locator in Python, of a Playwright page called ``page``."""
        owner = f'page.get_by_role("{self.within}").' if self.within else "page."
        exact = ", exact=True" if self.exact else ""
        match self.by:
            case By.ROLE:
                level = f", level={self.level}" if self.level else ""
                name = f", name={quoted(self.name)}{exact}" if self.name else ""
                return f'{owner}get_by_role("{self.role}"{level}{name})'
            case By.LABEL | By.PLACEHOLDER | By.TEXT:
                return f"{owner}get_by_{self.by}({quoted(self.name)}{exact})"
            case By.CSS:
                return f"{owner}locator({quoted(self.name)})"
            case _:
                assert_never(self.by)


def quoted(text: str) -> str:
    """Write ``text`` as Python does, between double quotes."""
    return json.dumps(text, ensure_ascii=False)


def shortened(name: str) -> str:
    """Return the beginning of a long name, whole words of it: a part of a name is enough to find it by."""
    if len(name) <= LONGEST_NAME:
        return name
    return name[:LONGEST_NAME].rsplit(" ", 1)[0]


def spellings(spot: Spot) -> Iterator[Spot]:
    """Yield ``spot`` from its plainest to its narrowest form."""
    short = replace(spot, name=shortened(spot.name))
    yield short
    if spot.name:
        yield replace(spot, exact=True)
    for landmark in LANDMARKS if spot.role not in LANDMARKS else ():
        yield replace(short, within=landmark)


def is_steady(name: str) -> bool:
    """Tell whether a name reads the same tomorrow, as far as can be seen: without numbers."""
    return bool(re.search(r"\w", name)) and not re.search(r"\d", name)
