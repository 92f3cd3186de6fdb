"""Secrets: a type that never prints itself, and the scrubber that keeps them out of everything else."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import codepoint2name

MASK = "***"
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that prints as ``***``; :meth:`reveal` gives it to the one call that needs it."""

    _value: str

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def reveal(self) -> str:
        """The secret itself."""
        return self._value


def patterns(value: str) -> Iterator[str]:
    """Yield regular expressions for every likely form of a secret: raw, URL, form, JSON, HTML, base64."""
    yield "".join(map(_written, value))
    raw = value.encode()
    for shift, skip in enumerate((0, 2, 3)):
        # A longer text holds the secret at one of three alignments; its edges depend on the neighbours.
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[skip:-1] if (len(raw) + shift) % 3 else encoded[skip:]
        yield "".join(URL_SAFE.get(letter, letter) for letter in core)


def _written(character: str) -> str:
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


URL_SAFE = {"+": r"(?:[+-]|%(?:25)*2[bB])", "/": r"(?:[/_]|\\/|%(?:25)*2[fF])"}
LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


class Scrubber:
    """Replaces known secrets by ``***``. Secrets seen during a run are added as they appear."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known: set[str] = set()
        self._text: re.Pattern[str] | None = None
        self._data: re.Pattern[bytes] | None = None
        for secret in secrets:
            self.learn(secret.reveal())

    def learn(self, value: str) -> None:
        """Treat ``value`` as a secret from now on; values under four characters are too common to mask."""
        if len(value) >= SHORTEST and value not in self._known:
            self._known.add(value)
            self._text = self._data = None

    def text(self, text: str) -> str:
        """Return ``text`` with every known secret, in every encoding, replaced."""
        if not self._known:
            return text
        pattern = self._text = self._text or re.compile(self._pattern())
        return pattern.sub(MASK, text)

    def data(self, data: bytes) -> bytes:
        """Return ``data`` with every known secret, in every encoding, replaced."""
        if not self._known:
            return data
        pattern = self._data = self._data or re.compile(self._pattern().encode())
        return pattern.sub(MASK.encode(), data)

    def _pattern(self) -> str:
        longest_first = sorted(self._known, key=len, reverse=True)
        return "|".join(form for value in longest_first for form in patterns(value))
