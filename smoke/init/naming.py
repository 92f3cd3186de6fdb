"""Makes names for Python of what pages say. Pure."""

from __future__ import annotations

import keyword
import re
import unicodedata


def identifier(text: str, most: int = 9) -> str:
    """Return the first ``most`` words of ``text`` as a name such as ``your_question``; empty where that makes none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.sub(r"[^a-z0-9]+", " ", plain).split()[:most])
    return name if name[:1].isalpha() and not keyword.iskeyword(name) else ""
