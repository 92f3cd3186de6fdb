"""Chooses what of a start page is worth expecting. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from smoke.init.naming import identifier
from smoke.init.seen import Item
from smoke.init.snapshot import Node
from smoke.init.spot import By, Spot, is_steady

TAKEN = frozenset({"page", "landmark", "path", "title", "open", "arrived"})
AREAS = {"banner": "banner", "navigation": "navigation", "search": "search", "contentinfo": "footer"}
FEW_WORDS, MANY_WORDS = 4, 7
MOST = {"heading": 3, "button": 3, "link": 3, "textbox": 2, "searchbox": 1}
"""How many of each are worth expecting."""


def landmarks(nodes: Sequence[Node]) -> Iterator[Spot]:
    """Yield what may show that the page is there, the best first; in the end its body."""
    headings = sorted((each for each in nodes if each.role == "heading"), key=lambda each: each.level or 9)
    others = [each for each in nodes if each.role in {"button", "textbox", "searchbox", "link"}]
    for each in (*headings, *others):
        if is_steady(each.name):
            yield _spot(each)
    yield Spot(by=By.ROLE, role="main")
    yield Spot(by=By.CSS, name="body")


def parts(nodes: Sequence[Node]) -> Iterator[Spot]:
    """Yield what else the page shows and a user would miss."""
    for role in AREAS:
        found = [each for each in nodes if each.role == role]
        if found:
            steady = next((each for each in found if is_steady(each.name)), None)
            yield _spot(steady) if steady else Spot(by=By.ROLE, role=role)
    for role, most in MOST.items():
        worth = dict.fromkeys(each for each in nodes if each.role == role and is_steady(each.name))
        yield from map(_spot, list(worth)[:most])


def named(spots: Iterable[Spot]) -> tuple[Item, ...]:
    """Give each spot the name that it has in the page object."""
    found: dict[str, Spot] = {}
    for spot in spots:
        name = next(each for each in _names(spot) if each not in {*found, *TAKEN})
        found[name] = spot
    return tuple(Item(name, spot) for name, spot in found.items())


def _spot(node: Node) -> Spot:
    return Spot(by=By.ROLE, role=node.role, name=node.name, level=node.level)


def _names(spot: Spot) -> Iterator[str]:
    """Yield names for an attribute, without end: the area, some words of the name, more of them, with the role."""
    if spot.role in AREAS:
        yield AREAS[spot.role]
    yield from filter(None, (identifier(spot.name, most) for most in (FEW_WORDS, MANY_WORDS)))
    if spot.role and (said := identifier(spot.name, FEW_WORDS)):
        yield f"{said}_{spot.role}"
    yield from (f"{spot.role or 'element'}_{number}" for number in count(1))
