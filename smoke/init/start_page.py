"""Chooses what of a start page is worth expecting. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from smoke.init.naming import identifier
from smoke.init.place import By, Place, is_steady
from smoke.init.seen import Part
from smoke.init.snapshot import Node

TAKEN = frozenset({"page", "landmark", "path", "title", "open", "arrived"})
AREAS = {"banner": "banner", "navigation": "navigation", "search": "search", "contentinfo": "footer"}
FEW_WORDS, MANY_WORDS = 4, 7
MOST = {"heading": 3, "button": 3, "link": 3, "textbox": 2, "searchbox": 1}
"""How many of each are worth expecting."""


def landmarks(nodes: Sequence[Node]) -> Iterator[Place]:
    """Yield what may show that the page is there, the best first; in the end its body."""
    headings = sorted((each for each in nodes if each.role == "heading"), key=lambda each: each.level or 9)
    others = [each for each in nodes if each.role in {"button", "textbox", "searchbox", "link"}]
    for each in (*headings, *others):
        if is_steady(each.name):
            yield _place(each)
    yield Place(by=By.ROLE, role="main")
    yield Place(by=By.CSS, name="body")


def parts(nodes: Sequence[Node]) -> Iterator[Place]:
    """Yield what else the page shows and a user would miss."""
    for role in AREAS:
        found = [each for each in nodes if each.role == role]
        if found:
            named = next((each for each in found if is_steady(each.name)), None)
            yield _place(named) if named else Place(by=By.ROLE, role=role)
    for role, most in MOST.items():
        named_so = dict.fromkeys(each for each in nodes if each.role == role and is_steady(each.name))
        yield from map(_place, list(named_so)[:most])


def named(places: Iterable[Place]) -> tuple[Part, ...]:
    """Give each place the name that it has in the page object."""
    found: dict[str, Place] = {}
    for place in places:
        name = next(each for each in _names(place) if each not in {*found, *TAKEN})
        found[name] = place
    return tuple(Part(name, place) for name, place in found.items())


def _place(node: Node) -> Place:
    return Place(by=By.ROLE, role=node.role, name=node.name, level=node.level)


def _names(place: Place) -> Iterator[str]:
    """Yield names for an attribute, without end: the area, some words of the name, more of them, with the role."""
    if place.role in AREAS:
        yield AREAS[place.role]
    yield from filter(None, (identifier(place.name, most) for most in (FEW_WORDS, MANY_WORDS)))
    if place.role and (said := identifier(place.name, FEW_WORDS)):
        yield f"{said}_{place.role}"
    yield from (f"{place.role or 'element'}_{number}" for number in count(1))
