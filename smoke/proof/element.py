"""An element of a page that a journey used, and what for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a journey needs an element for."""

    SEEN = "seen"
    """It is waited for, and looked at."""
    NAMED = "named"
    """It is found by its text or label, or its text is looked at."""
    COUNTED = "counted"
    """How many there are of its kind is looked at."""
    CLICKED = "clicked"
    ABLE = "able"
    """It has to be enabled."""
    UNABLE = "unable"
    """It has to be disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element, or several that are used as one, as a page's own script can find them again."""

    path: str
    """Of the page."""
    css: str
    text: str | None = None
    """All that stands in it; None where the selector alone finds it."""
    count: int = 1
    is_control: bool = False
    """Whether HTML lets it be disabled."""

    @property
    def label(self) -> str:
        """Its page and how it is found, in a few words."""
        said = f" '{self.text[:30]}'" if self.text else ""
        return f"{self.path} {self.css}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One use of an element."""

    element: Element
    use: Use
