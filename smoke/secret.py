"""Secrets: a type that never prints itself, and the scrubber that keeps them out of everything else."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

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


def encodings(value: str) -> set[str]:
    """Every form in which a secret is likely to appear: raw, URL, form, JSON, HTML, base64."""
    raw = value.encode()
    forms = {value, quote(value, safe=""), quote(value), quote_plus(value)}
    forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {html.escape(value), html.escape(value, quote=False)}
    for shift, skip in enumerate((0, 2, 3)):
        # A longer text holds the secret at one of three alignments; its edges depend on the neighbours.
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        core = encoded[skip:-1] if (len(raw) + shift) % 3 else encoded[skip:]
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST}


class Scrubber:
    """Replaces known secrets by ``***``. Secrets seen during a run are added as they appear."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known: set[str] = set()
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.learn(secret.reveal())

    def learn(self, value: str) -> None:
        """Treat ``value`` as a secret from now on; values under four characters are too common to mask."""
        if len(value) >= SHORTEST and value not in self._known:
            self._known.add(value)
            self._forms |= encodings(value)
            self._pattern = None

    def text(self, text: str) -> str:
        """Return ``text`` with every known secret, in every encoding, replaced."""
        if not self._forms:
            return text
        if self._pattern is None:
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))
        return self._pattern.sub(MASK, text)

    def data(self, data: bytes) -> bytes:
        """Return ``data`` with every known secret replaced, byte for byte."""
        for form in sorted(self._forms, key=len, reverse=True):
            data = data.replace(form.encode(), MASK.encode())
        return data
