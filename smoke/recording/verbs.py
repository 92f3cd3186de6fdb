"""Groups what was recorded into pages, and the acts on each into verbs. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from urllib.parse import urlsplit

from smoke.init.naming import identifier
from smoke.init.start_page import TAKEN
from smoke.recording.tape import Act, Kind

SUFFIXES = {"button": "button", "link": "link", "menuitem": "item", "tab": "tab", "checkbox": "box", "": "element"}
ENDS = frozenset({"click", "dblclick", "press", "tap"})


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that a user does in one go: fills in some fields, and sends them."""

    name: str
    acts: tuple[Act, ...]

    @property
    def filled(self) -> tuple[Act, ...]:
        """What is typed or chosen: its parameters."""
        return tuple(act for act in self.acts if act.kind is Kind.FILL)


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """One page, as far as a recording tells pages apart: by addresses that were typed, and by windows."""

    name: str
    path: str
    """Below the address that the recording began at."""
    attributes: dict[str, str]
    """Name in the page object of each locator."""
    steps: tuple[Verb | Act, ...]
    """Verbs and expectations, in order."""


def pages(acts: Sequence[Act], base: str) -> tuple[RecordedPage, ...]:
    """Return the pages of a recording of the application at ``base``."""
    found: list[RecordedPage] = []
    for path, own in _parted(acts, base):
        if own:
            taken = {page.name for page in found}
            word = "".join(map(str.capitalize, identifier(path.rpartition("/")[2] or "home").split("_"))) or "Recorded"
            name = next(each for each in (f"{word}{number or ''}Page" for number in range(99)) if each not in taken)
            attributes = _attributes(own)
            steps = tuple(_apart(_steps(own), {*TAKEN, *attributes.values()}))
            found.append(RecordedPage(name, path, attributes, steps))
    return tuple(found)


def _parted(acts: Sequence[Act], base: str) -> Iterator[tuple[str, list[Act]]]:
    path, window, own = "/", "page", list[Act]()
    for act in acts:
        if act.kind is Kind.GO or act.page != window:
            yield path, own
            path, window, own = (_path(act.arguments, base) if act.kind is Kind.GO else "/"), act.page, []
        if act.kind is not Kind.GO:
            own.append(act)
    yield path, own


def _path(arguments: str, base: str) -> str:
    try:
        url = str(ast.literal_eval(arguments))
    except (ValueError, SyntaxError):
        return "/"
    below = urlsplit(base).path.rstrip("/")
    return urlsplit(url).path.removeprefix(below) or "/"


def _attributes(acts: Iterable[Act]) -> dict[str, str]:
    found: dict[str, str] = {}
    for act in acts:
        if act.locator and act.locator not in found:
            word = identifier(act.name, 4) or act.role or "element"
            suffix = SUFFIXES.get(act.role, act.role) if act.kind is Kind.ACT else ""
            plain = f"{word}_{suffix}" if suffix and not word.endswith(suffix) else word
            names = (plain, *(f"{plain}_{number}" for number in range(2, 99)))
            found[act.locator] = next(each for each in names if each not in {*TAKEN, *found.values()})
    return found


def _apart(steps: Iterable[Verb | Act], taken: set[str]) -> Iterator[Verb | Act]:
    """Give verbs that do the same one name, and others another."""
    known: dict[str, tuple[Act, ...]] = {}
    for step in steps:
        if isinstance(step, Verb):
            names = chain([step.name, f"do_{step.name}"], map(f"{step.name}_{{}}".format, count(2)))
            name = next(each for each in names if each not in taken and known.get(each, step.acts) == step.acts)
            known[name] = step.acts
            yield replace(step, name=name)
        else:
            yield step


def _steps(acts: Iterable[Act]) -> Iterator[Verb | Act]:
    gathered: list[Act] = []
    for act in acts:
        if act.kind is Kind.EXPECT:
            yield from _verb(gathered)
            gathered = []
            yield act
            continue
        gathered.append(act)
        if act.kind is Kind.ACT and act.method in ENDS:
            yield from _verb(gathered)
            gathered = []
    yield from _verb(gathered)


def _verb(acts: Sequence[Act]) -> Iterator[Verb]:
    if acts:
        last = acts[-1]
        word = identifier(last.name, 4) if last.kind is Kind.ACT else ""
        yield Verb(word or ("fill_in" if last.kind is Kind.FILL else "go_on"), tuple(acts))
