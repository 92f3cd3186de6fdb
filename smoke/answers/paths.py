"""JSON paths such as ``items[0].id``: how they are written, and what stands there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from smoke.strict import Checked

MISSING = object()
KEYS_TOLD = 8
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


JsonPath = Annotated[str, Checked(check_path)]
"""Where something stands in JSON."""


def keys_in(document: object) -> str:
    """Name the keys of a JSON document, those within others by their path, without any value."""
    found = list(_keys(document))
    return ", ".join(found[:KEYS_TOLD]) + (", …" if len(found) > KEYS_TOLD else "") if found else "none"


def _keys(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(value, dict) and value:
                yield from (f"{name}.{below}" for below in _keys(value))
            else:
                yield str(name)
