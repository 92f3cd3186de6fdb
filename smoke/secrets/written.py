"""How a secret may stand written: regular expressions for its encodings, its letter case, and what a cut leaves of it.

Pure. A form is only worth looking for where its anchor occurs, which is far cheaper to tell.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from html.entities import codepoint2name

SHORTEST = 4
SHORTEST_PART = 6
"""What is left of a secret that was cut off is masked from this length on."""
LONGEST_PART = 64
"""A longer part is masked up to the end of the word, or from its beginning."""
OF_WORD = r"[^\s\"'<\\]"
SHORTEST_LINE = 12
"""Each line of a secret is one by itself from this length on."""
ELLIPSIS = r"(?:\.{3}|…|\\u2026)"
END = rf"(?=\s*\Z|[\r\n\"'`\\<)\]]|&(?:quot|apos|\#39|\#x27|hellip);|{ELLIPSIS})"
SEPARATOR = r"(?:[ -]|\\t|%20|\+|&nbsp;)?"
URL_SAFE = {"+": r"(?:[+-]|%(?:25)*2[bB])", "/": r"(?:[/_]|\\/|%(?:25)*2[fF])"}
LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
SURROGATES = re.compile("[\ud800-\udfff]+")


class Extent(Enum):
    """How much of a secret a form is."""

    WHOLE = 1
    BEGINNING = 2
    """The first characters, at the end of a line or a text."""
    ENDING = 3
    """The last characters, after an ellipsis."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a secret."""

    part: Extent
    anchor: str
    """A text that does not hold this, in any letter case, does not hold the form."""
    pattern: str
    """Regular expression, for texts and for their UTF-8."""
    has_blanks: bool = False
    """Whether it may stand on several lines."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of a secret, or a run of white space."""

    letter: str
    """The character in lower case if it is always written as itself; else empty."""
    pattern: str


def spellings(value: str) -> Iterator[str]:
    """Yield what is secret if ``value`` is: itself, its longer lines, and a key without its blanks and hyphens."""
    stripped = value.strip()
    # What stands for bytes that are no text cannot be written.
    whole = SURROGATES.split(stripped if len(stripped) >= SHORTEST else value)
    lines = [line.strip() for line in value.splitlines()]
    compact = re.sub(r"[\s-]", "", value)
    yield from (each for each in whole if len(each) >= SHORTEST)
    if len(whole) == 1:
        yield from (line for line in lines if len(line) >= SHORTEST_LINE)
        if _is_key(compact):
            yield compact


def forms(value: str) -> Iterator[Form]:
    """Yield every likely form of a secret: raw, URL, form, JSON, HTML, base64, and what a cut leaves of it."""
    units = list(_units(value))
    has_blanks = re.search(r"\s", value) is not None
    yield Form(Extent.WHOLE, _anchor(units), "".join(unit.pattern for unit in units), has_blanks)
    for encoded in _base64(value.encode()):
        yield Form(Extent.WHOLE, _anchor(encoded), "".join(unit.pattern for unit in encoded))
    if len(units) > SHORTEST_PART:
        yield replace(_beginning(units), has_blanks=has_blanks)
        yield replace(_ending(units), has_blanks=has_blanks)


def _beginning(units: Sequence[Glyph]) -> Form:
    more = "" if len(units) <= LONGEST_PART else f"{OF_WORD}*?"
    for unit in reversed(units[SHORTEST_PART:LONGEST_PART]):
        more = f"(?:{unit.pattern}{more})?"
    first = units[:SHORTEST_PART]
    return Form(Extent.BEGINNING, _anchor(first), "".join(unit.pattern for unit in first) + more + END)


def _ending(units: Sequence[Glyph]) -> Form:
    before = "" if len(units) <= LONGEST_PART else f"{OF_WORD}*"
    for unit in units[-LONGEST_PART:-SHORTEST_PART]:
        before = f"(?:{before}{unit.pattern})?"
    last = units[-SHORTEST_PART:]
    after = r"(?:(?<=\.\.\.)|(?<=…)|(?<=\\u2026))"
    return Form(Extent.ENDING, _anchor(last), after + before + "".join(unit.pattern for unit in last))


def _anchor(units: Sequence[Glyph]) -> str:
    """Return the longest run of what is always written as itself."""
    runs = "".join(unit.letter or "\n" for unit in units).split("\n")
    return max(runs, key=len)


def _units(value: str) -> Iterator[Glyph]:
    if len(value.strip()) < SHORTEST:
        yield from map(_unit, value)
        return
    group = _group(value)
    runs = re.findall(r"\s+|\S", value)
    for index, run in enumerate(runs):
        if group and index and index % group == 0:
            yield Glyph("", SEPARATOR)
        if run.isspace():  # a page shows several as one
            yield Glyph("", rf"(?:{''.join(map(_written, run))}|\s+)")
        else:
            yield _unit(run)


def _group(value: str) -> int | None:
    """Return after how many characters people and pages put a blank into a key or a one-time code."""
    if value.isascii() and value.isdigit() and len(value) in {6, 8}:
        return len(value) // 2
    return 4 if _is_key(value) else None


def _is_key(value: str) -> bool:
    return re.fullmatch(r"[A-Za-z2-7]{16,}=*", value) is not None


def _unit(character: str) -> Glyph:
    return Glyph(character.lower() if character.isascii() and character.isalnum() else "", _written(character))


def _written(character: str) -> str:
    """Match one character, in upper and in lower case."""
    if character.isascii() and character.isalnum():
        return f"[{character.lower()}{character.upper()}]" if character.isalpha() else character
    cases = dict.fromkeys((character, character.lower(), character.upper()))
    return f"(?:{'|'.join(''.join(map(_escaped, case)) for case in cases)})"


def _escaped(character: str) -> str:
    """Match one character raw, or as a URL, a form, JSON or HTML writes it, within one another too."""
    if character.isascii() and character.isalnum():
        return character
    code, raw = ord(character), re.escape(character)
    units = re.findall("....", character.encode("utf-16-be").hex())
    names = [name for name in (codepoint2name.get(code), "apos" if character == "'" else None) if name]
    ways = [
        "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode()),
        rf"\\{{1,7}}[xuU]0*(?i:{code:x})",
        "".join(rf"\\{{1,7}}u(?i:{unit})" for unit in units),
        rf"&(?:amp;)*\#(?:0*{code}|[xX]0*(?i:{code:x}));",
        *(rf"&(?:amp;)*{name};" for name in names),
        rf"\\{{1,7}}{LETTERS.get(character, raw)}",
        *([r"\+"] if character == " " else []),
        raw,
    ]
    return f"(?:{'|'.join(ways)})"


def _base64(raw: bytes) -> Iterator[list[Glyph]]:
    for shift, skip in enumerate((0, 2, 3)):
        # A longer text holds the secret at one of three alignments; its edges depend on the neighbours.
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[skip:-1] if (len(raw) + shift) % 3 else encoded[skip:]
        yield [Glyph(letter.lower() if letter.isalnum() else "", URL_SAFE.get(letter, letter)) for letter in core]
