"""JSON paths such as ``items[0].id``: how they are written, and what stands there. Pure."""

from __future__ import annotations

import re
from typing import Any

MISSING = object()
NAME = r"[^.\[\]]+"
STEPS = rf"(\.{NAME}|\[[0-9]+\])*"
PATH = re.compile(rf"\${STEPS}|(?!\$)({NAME}|\[[0-9]+\]){STEPS}")


def at_path(document: object, path: str) -> Any:
    """Return the value at ``a.b[0].c`` (``$`` is the document itself), or MISSING."""
    value = document
    for part in re.findall(NAME, path.removeprefix("$")):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def check_path(path: str) -> None:
    """Raise ValueError unless ``path`` is written as ``at_path`` means it."""
    if not PATH.fullmatch(path):
        raise ValueError(
            f"{path!r} is not a JSON path: write names with a dot between them and positions in brackets, "
            "such as items[0].id, or $ for the whole"
        )
