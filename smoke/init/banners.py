"""Which of a page's controls answers a banner about cookies, that lies over it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smoke.init.controls import Control
from smoke.init.words import ACCEPTS, COOKIES, REFUSES

LONGEST = 3000
"""Of the text of a banner; what is longer is a page that does not scroll."""


def answers_to_banners(controls: Iterable[Control]) -> Iterator[Control]:
    """Yield what answers a banner, the best first: what refuses, for then nobody counts the visit; links last."""
    asked = [each for each in controls if len(each.over) <= LONGEST and COOKIES.search(each.over) and _is_pressed(each)]
    for is_link in (False, True):
        for words in (REFUSES, ACCEPTS):
            yield from (each for each in asked if (each.tag == "a") is is_link and words.search(each.says))


def _is_pressed(control: Control) -> bool:
    return control.tag != "input" or control.type in {"submit", "button"}
