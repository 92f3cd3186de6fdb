"""Finds the place in an answer that a broken rule speaks of. Pure."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smoke.bundle.scene import Spoken

HEADER = re.compile(r"(?:^|: )header (\S+) \(")
CONTENT_TYPE = re.compile(r"(?:^|: )content type \(")
LOCATION = re.compile(r"(?:^|: )the whole of Location \(")
STATUS = re.compile(r"(?:^|: )status \(\d+\) == \d")
TEXT = re.compile(r"(?:^|: )body lacks (['\"].*)$")
PATH = re.compile(r"(?:^|: )(\$[\w.\[\]-]*|[\w\[\]-][\w.\[\]-]*)(?: keys)? (?:\((missing)\)|\(|fits the schema)")
Path = tuple[str, ...]
"""The names and positions that lead to a value."""
AROUND, WIDEST = 20, 400
"""Lines that are shown before and after the first mark, and characters of each."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer."""

    text: str
    is_marked: bool


def status_is_marked(rules: Sequence[str]) -> bool:
    """Tell whether a rule speaks of the status."""
    return any(STATUS.search(rule) for rule in rules)


def headers(spoken: Spoken, rules: Sequence[str]) -> tuple[Line, ...]:
    """Return the headers of the answer, those marked that a rule speaks of."""
    meant = {found[1].lower() for rule in rules if (found := HEADER.search(rule))}
    meant |= {"content-type"} if any(CONTENT_TYPE.search(rule) for rule in rules) else set()
    meant |= {"location"} if any(LOCATION.search(rule) for rule in rules) else set()
    return tuple(Line(f"{name}: {value}", name.lower() in meant) for name, value in spoken.answer_headers)


def body(spoken: Spoken, rules: Sequence[str]) -> tuple[Line, ...]:
    """Return the body of the answer, JSON indented, around the first line that a rule speaks of."""
    lines = _json(spoken.answer, rules) or _plain(spoken.answer, rules)
    first = next((at for at, line in enumerate(lines) if line.is_marked), 0)
    begin, end = max(0, first - AROUND), first + 2 * AROUND
    shown = [Line(_cut(line.text), line.is_marked) for line in lines[begin:end]]
    if begin:
        shown.insert(0, Line(f"… {begin} lines before", is_marked=False))
    if len(lines) > end:
        shown.append(Line(f"… {len(lines) - end} lines after", is_marked=False))
    return tuple(shown)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[:WIDEST]}…"


def _json(text: str, rules: Sequence[str]) -> list[Line]:
    try:
        lines = list(_indented(json.loads(text), (), ""))
    except (ValueError, RecursionError):
        return []
    known, words = {path for path, _ in lines}, _words(rules)
    meant = {_meant(found, known) for rule in rules if (found := PATH.search(rule))} - {()}
    return [Line(line, path in meant or any(word in line for word in words)) for path, line in lines]


def _meant(found: re.Match[str], known: set[Path]) -> Path:
    """Return the path that a rule speaks of; of what is missing, the nearest that is there."""
    path = tuple(re.findall(r"[^.\[\]]+", found[1].removeprefix("$")))
    while found[2] and path not in known:
        path = path[:-1]
    return path


def _indented(value: object, path: Path, before: str, after: str = "") -> Iterator[tuple[Path, str]]:
    pad = "  " * len(path)
    match value:
        case dict() if value:
            inner = [(str(name), f"{json.dumps(name, ensure_ascii=False)}: ", each) for name, each in value.items()]
        case list() if value:
            inner = [(str(at), "", each) for at, each in enumerate(value)]
        case _:
            yield path, f"{pad}{before}{json.dumps(value, ensure_ascii=False)}{after}"
            return
    begin, end = "{}" if isinstance(value, dict) else "[]"
    yield path, f"{pad}{before}{begin}"
    for at, (name, said, each) in enumerate(inner, 1):
        yield from _indented(each, (*path, name), said, "," if at < len(inner) else "")
    yield (*path, end), f"{pad}{end}{after}"


def _plain(text: str, rules: Sequence[str]) -> list[Line]:
    words = _words(rules)
    return [Line(line, any(word in line for word in words)) for line in text.splitlines()]


def _words(rules: Sequence[str]) -> list[str]:
    """Return what rules say must not be there."""
    return [word for rule in rules if (found := TEXT.search(rule)) and (word := _literal(found[1]))]


def _literal(written: str) -> str:
    try:
        return str(ast.literal_eval(written))
    except (ValueError, SyntaxError):
        return ""
