"""Text within Markdown. Pure."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Write ``text`` so that Markdown shows it as it is: it may be what a target answered."""
    return re.sub(r"([\\`*_\[\]|<~#])", r"\\\1", " ".join(text.split()))
