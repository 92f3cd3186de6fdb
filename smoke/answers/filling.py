"""Fills ``{name}`` in what a probe expects. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from smoke.answers.shapes import Expect, JsonExpect
from smoke.answers.variables import NAME, names_in
from smoke.strict import Key

PATTERNS = {"matches", "redirects_to", "pattern"}
"""Keys of regular expressions, in which a value stands for itself."""
AS_WRITTEN = {"skip"}
"""Keys of paths that have ``{name}`` in their own right."""
FOREIGN = {"json_schema"}
"""Keys of documents in which ``{name}`` may be explained to people."""
UNNAMED = AS_WRITTEN | FOREIGN


def expecting(expect: Expect, values: Mapping[str, object]) -> Expect:
    """Return ``expect`` with each known ``{name}`` replaced; in an answer any other may be meant as it is written."""
    done: Expect = _filled("", expect, values)
    return done


def names_expected(said: Any, key: Key = ()) -> Iterator[tuple[Key, str]]:
    """Yield each ``{name}`` in an Expect, and where; a JSON Schema may describe things that are written so."""
    match said:
        case str():
            yield from ((key, name) for name in sorted(names_in(said)))
        case Mapping():
            for name, each in said.items():
                yield from names_expected(each, (*key, name))
        case list() | tuple():
            for index, each in enumerate(said):
                yield from names_expected(each, (*key, index))
        case _ if is_dataclass(said):
            for field in fields(said):
                each = getattr(said, field.name)
                if each is not None and field.name not in UNNAMED:
                    yield from names_expected(each, (*key, field.name))
        case _:
            pass


def _filled(key: str, said: Any, values: Mapping[str, object]) -> Any:
    match said:
        case str() if "{" in said and key not in AS_WRITTEN:
            return NAME.sub(lambda found: _value(key, found, values), said)
        case Mapping() if said:
            return {name: _filled(name, each, values) for name, each in said.items()}
        case list() | tuple() if said:
            return type(said)(_filled(key, each, values) for each in said)
        case JsonExpect(equals=str(text)) if (whole := NAME.fullmatch(text)) and whole[1] in values:
            return replace(_filled(key, replace(said, equals=None), values), equals=values[whole[1]])
        case _ if is_dataclass(said):
            present = {each.name: value for each in fields(said) if (value := getattr(said, each.name)) is not None}
            filled = {name: _filled(name, value, values) for name, value in present.items()}
            changed = {name: value for name, value in filled.items() if value is not present[name]}
            return replace(said, **changed) if changed else said  # type: ignore[type-var]
        case _:
            return said


def _value(key: str, found: re.Match[str], values: Mapping[str, object]) -> str:
    text = str(values.get(found[1], found[0]))
    return re.escape(text) if key in PATTERNS and found[1] in values else text
