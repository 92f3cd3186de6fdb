"""What all pages of ours share: one head, one set of colours, and nothing that comes from elsewhere. Pure."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


def drawing(folder: Path, css: str) -> Environment:
    """Return what draws the templates of ``folder`` by its stylesheet ``css``; each includes ``head.html``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style = "".join(path.read_text(encoding="utf-8") for path in (HERE / "colours.css", folder / css))
    made = Environment(loader=FileSystemLoader([folder, HERE]), autoescape=True, undefined=StrictUndefined)
    made.globals |= {
        "css": Markup(style),  # noqa: S704 - our own file
        "css_hash": f"sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    }
    return made
