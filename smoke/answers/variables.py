"""Fills ``{name}`` in what a probe says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def names_in(template: Any) -> set[str]:
    """Return every name that ``template`` (a text, or lists and mappings of texts) refers to."""
    match template:
        case str():
            return set(NAME.findall(template))
        case Mapping():
            return {name for value in template.values() for name in names_in(value)}
        case list() | tuple():
            return {name for value in template for name in names_in(value)}
        case _:
            return set()


def filled(template: Any, values: Mapping[str, object]) -> Any:
    """Return ``template`` with each ``{name}`` replaced; raises KeyError for one without a value."""
    match template:
        case str():
            return NAME.sub(lambda found: str(values[found[1]]), template)
        case Mapping():
            return {key: filled(value, values) for key, value in template.items()}
        case list() | tuple():
            return [filled(value, values) for value in template]
        case _:
            return template
