"""The colours of all pages of ours, light and dark, as CSS variables. Pure."""

from __future__ import annotations

from pathlib import Path


def with_colours(css: Path) -> str:
    """Return the text of a stylesheet after the colours that it names."""
    return "".join(path.read_text(encoding="utf-8") for path in (Path(__file__).with_name("colours.css"), css))
