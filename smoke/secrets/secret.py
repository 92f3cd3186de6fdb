"""Secrets: a type that never prints itself, and the scrubber that keeps them out of everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from smoke.secrets.written import ELLIPSIS, SHORTEST, SURROGATES, Extent, Form, forms, spellings

MASK = "***"
NAME = re.compile(r"[A-Za-z][a-z]*(?:[-_ .][a-z]+)*[-_ .]?")
SHORT_LINE = 50
"""No text is cut before that: a word that begins sooner on its line is whole."""


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


def unmaskable(value: str) -> str | None:
    """Say why ``value`` cannot be kept out of reports; None if it can."""
    if len(value) < SHORTEST:
        return f"is too short to be kept out of reports, which takes {SHORTEST} characters"
    if SURROGATES.search(value):
        return "holds bytes that are no text in UTF-8, so it cannot be kept out of reports"
    return None


class Scrubber:
    """Replaces known secrets by ``***``. Secrets seen during a run are added as they appear, by any thread."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known: dict[str, tuple[Needle, ...]] = {}
        self._needles: tuple[Needle, ...] = ()
        self._counted = 0
        for secret in secrets:
            self.learn(secret.reveal())

    def learn(self, value: str) -> None:
        """Treat ``value`` as a secret from now on; values under four characters are too common to mask."""
        if value not in self._known:
            self._known[value] = ()
            for each in spellings(value):
                self._known[each] = tuple(Needle(form, each) for form in forms(each))

    def text(self, text: str) -> str:
        """Return ``text`` with every known secret, in every encoding, replaced.

        What is left of one where a text was cut off goes too, from six characters on: its beginning at the end of a
        line, before a quote or an ellipsis at most, and its end after an ellipsis.
        """
        folded = text.lower()
        found = [needle for needle in self._sorted() if needle.anchor in folded]
        for needle in found:
            if needle.spans_lines:
                text = needle.in_text.sub(needle.masked, text)
        within = [needle for needle in found if not needle.spans_lines]
        return "\n".join(_line_masked(line, within) for line in text.split("\n")) if within else text

    def data(self, data: bytes) -> bytes:
        """Do the same with ``data``, which may be text in UTF-8 or anything else."""
        folded = data.lower()
        found = [needle for needle in self._sorted() if needle.anchor_bytes in folded]
        for needle in found:
            if needle.spans_lines:
                data = needle.in_data.sub(needle.masked_bytes, data)
        within = [needle for needle in found if not needle.spans_lines]
        return b"\n".join(_bytes_masked(line, within) for line in data.split(b"\n")) if within else data

    def _sorted(self) -> tuple[Needle, ...]:
        """Return what to look for: whole secrets before parts, longer ones before shorter ones."""
        known = list(self._known.values())
        if self._counted != (count := sum(map(len, known))):
            self._needles = tuple(sorted((each for needles in known for each in needles), key=lambda each: each.rank))
            self._counted = count
        return self._needles


def _line_masked(line: str, needles: Iterable[Needle]) -> str:
    folded = line.lower()
    for needle in needles:
        if needle.anchor in folded:
            line = needle.in_text.sub(needle.masked, line)
    return line


def _bytes_masked(line: bytes, needles: Iterable[Needle]) -> bytes:
    folded = line.lower()
    for needle in needles:
        if needle.anchor_bytes in folded:
            line = needle.in_data.sub(needle.masked_bytes, line)
    return line


class Needle:
    """A form of a secret to look for; its regular expressions are made when they are first needed."""

    def __init__(self, form: Form, value: str) -> None:
        self.rank = (form.part.value, -len(value))
        self.spans_lines = form.has_blanks
        self.anchor = form.anchor
        self.anchor_bytes = form.anchor.encode()
        self._pattern = form.pattern
        self._part = form.part

    @cached_property
    def in_text(self) -> re.Pattern[str]:
        """Finds it in a text."""
        return re.compile(self._pattern)

    @cached_property
    def in_data(self) -> re.Pattern[bytes]:
        """Finds it in UTF-8."""
        return re.compile(self._pattern.encode())

    def masked(self, match: re.Match[str]) -> str:
        """Return what stands for a match in a text."""
        text, at, end = match.string, match.start(), match.end()
        around = match.group(), text[max(0, at - SHORT_LINE) : at], text[end : end + 6]
        return match.group() if self._part is Extent.BEGINNING and _is_name(*around) else MASK

    def masked_bytes(self, match: re.Match[bytes]) -> bytes:
        """Return what stands for a match in UTF-8."""
        data, at, end = match.string, match.start(), match.end()
        cuts = match.group(), data[max(0, at - SHORT_LINE) : at], data[end : end + 6]
        around = [each.decode(errors="replace") for each in cuts]
        return match.group() if self._part is Extent.BEGINNING and _is_name(*around) else MASK.encode()


def _is_name(found: str, before: str, after: str) -> bool:
    """Tell whether a secret's beginning is a word by itself: ``shop`` is not cut off from ``shop-secret``."""
    line = re.split(r"[\"'\r\n]", before)[-1]
    is_alone = len(line) < SHORT_LINE and not re.search(r"\w\Z", line)
    return is_alone and NAME.fullmatch(found) is not None and not re.match(ELLIPSIS, after)
