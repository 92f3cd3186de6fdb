"""Knows a JSON Schema by its face: a simple one needs no validator, which takes longer to load than all files here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def is_plain(schema: object) -> bool:
    """Tell whether ``schema`` is surely a JSON Schema (draft 2020-12): its keywords are common, and rightly used.

    Of any other nothing is said: it may be one too.
    """
    if isinstance(schema, bool):
        return True
    return isinstance(schema, dict) and all(name in COMMON and COMMON[name](each) for name, each in schema.items())


def _is_type(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and _are_names(value) and TYPES.issuperset(value)
    return isinstance(value, str) and value in TYPES


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len({*value}) == len(value)


def _are_schemas(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(name, str) and is_plain(each) for name, each in value.items())


def _are_some(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_plain, value))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_pattern(value: object) -> bool:
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except re.error:
        return False


COMMON: Mapping[Any, Callable[[object], bool]] = {
    "type": _is_type,
    "enum": lambda value: isinstance(value, list),
    "const": lambda _value: True,
    "required": _are_names,
    "properties": _are_schemas,
    **dict.fromkeys(("additionalProperties", "items", "contains", "not"), is_plain),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _are_some),
    "pattern": _is_pattern,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _is_count),
}
"""Keywords, and what tells that a value of theirs is right."""
