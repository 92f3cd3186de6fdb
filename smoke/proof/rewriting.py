"""Changes one thing about an answer and leaves the rest. Pure."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from smoke.answers.exchange import Exchange
from smoke.answers.paths import NAME

Change = Callable[[Any], Any]
"""Makes the value that shall stand at a path from the one that does; returns GONE to take it away."""
GONE = object()
UNLIKELY = ("", "?", "0", "none", "-1", "1.5", "\u00ff")


def with_header(good: Exchange, name: str, value: str | None) -> Exchange:
    """Return ``good`` with header ``name`` as ``value``; without it where that is None."""
    kept = tuple((key, said) for key, said in good.headers if key.lower() != name.lower())
    return replace(good, headers=kept if value is None else (*kept, (name, value)))


def with_value(good: Exchange, path: str, change: Change) -> Exchange:
    """Return ``good`` with the value at JSON ``path`` changed; as it is where its body has no such value."""
    try:
        document = copy.deepcopy(good.json)
    except ValueError:
        return good
    parts = re.findall(NAME, path.removeprefix("$"))
    changed = _changed(document, parts, change)
    return replace(good, body=b"" if changed is GONE else json.dumps(changed).encode())


def _changed(value: Any, parts: list[str], change: Change) -> Any:
    if not parts:
        return change(value)
    first, rest = parts[0], parts[1:]
    key: Any = int(first) if isinstance(value, list) and first.isdigit() and int(first) < len(value) else first
    if not (isinstance(value, dict) and key in value) and not (isinstance(value, list) and isinstance(key, int)):
        return value
    below = _changed(value[key], rest, change)
    if below is GONE:
        del value[slice(key, None) if isinstance(value, list) else key]  # the next element would take its place
    else:
        value[key] = below
    return value


def with_text(good: Exchange, text: str) -> Exchange:
    """Return ``good`` with ``text`` somewhere in its body: within a JSON document, or at its end."""
    try:
        document = good.json
    except ValueError:
        return replace(good, body=good.body + text.encode())
    if isinstance(document, dict):
        return with_value(good, "$", lambda old: {**old, "added": text})
    return with_value(good, "$", lambda old: [*old, text] if isinstance(old, list) else f"{old} {text}")


def without(good: bytes, pattern: str) -> bytes:
    """Return ``good``, changed as little as possible, so that ``pattern`` is not found in it."""
    text = good.decode(errors="replace")
    changed = [re.sub(pattern, "", text), *(text + each for each in UNLIKELY), *UNLIKELY]
    return next((each for each in changed if not re.search(pattern, each)), text).encode()


def unlike(pattern: str) -> str | None:
    """Return a text in which ``pattern`` is not found, None if every one that comes to mind fits."""
    return next((text for text in UNLIKELY if not re.search(pattern, text)), None)
