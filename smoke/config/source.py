"""YAML files with their line numbers, and their validation into frozen dataclasses."""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml

from smoke.config.paths import below
from smoke.config.problems import ConfigError, Problem
from smoke.known import unknown
from smoke.strict import Key, WrongError

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

T = TypeVar("T")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ONE_OF = "input should be '"
GOT = ", got "
A_DAY = "2026-11-02"
RECENT = 16
"""Texts that are known: every suite of a project reads the same execution points."""
MERGE = "tag:yaml.org,2002:merge"
NO_MERGE = "`<<` does not work here: write its keys out, or use a whole value again, as in `expect: *healthy`"


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file: its plain data, and on which line each key stands."""

    file: str
    data: object
    lines: dict[Key, int]

    def problem(self, key: Key, text: str) -> Problem:
        """Place a problem at ``key``, or at its nearest ancestor that has a line."""
        at = key
        while at and at not in self.lines:
            at = at[:-1]
        return Problem(self.file, self.lines.get(at, 1), dotted(key), text)


def dotted(key: Key) -> str:
    """Write a key as people read it: ``environments.staging.base_url``, ``probes[2].id``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read(path: Path, root: Path) -> Source:
    """Parse ``path``; raises ConfigError if it is unreadable, not YAML, or says one key twice."""
    file = below(root, path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(file, 0, "", f"cannot be read: {error}")]) from error
    return _understood(file, text)


@lru_cache(RECENT)
def _understood(file: str, text: str) -> Source:
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Source(file, None, {(): 1})
        lines: dict[Key, int] = {}
        problems: list[Problem] = []
        data = _plain(loader, node, (), lines, file, problems)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        told = f"is not YAML: {reason}; quote what is text, and indent with blanks"
        raise ConfigError([Problem(file, line, "", told)]) from error
    except yaml.YAMLError as error:
        raise ConfigError([Problem(file, 1, "", f"is not YAML: {' '.join(str(error).split())}")]) from error
    except RecursionError:
        told = "holds itself: an alias stands within what it names; remove it"
        raise ConfigError([Problem(file, 1, "", told)]) from None
    if problems:
        raise ConfigError(problems)
    return Source(file, data, lines)


def _plain(
    loader: Any,
    node: yaml.Node,
    key: Key,
    lines: dict[Key, int],
    file: str,
    problems: list[Problem],
) -> object:
    lines.setdefault(key, node.start_mark.line + 1)
    match node:
        case yaml.MappingNode():
            result: dict[object, object] = {}
            for name_node, value_node in node.value:
                if not isinstance(name_node, yaml.ScalarNode):
                    text = "a key is a plain word; quote a value that begins with { or ["
                    problems.append(Problem(file, name_node.start_mark.line + 1, dotted(key), text))
                    continue
                if name_node.tag == MERGE:
                    problems.append(Problem(file, name_node.start_mark.line + 1, dotted(key), NO_MERGE))
                    continue
                name = loader.construct_object(name_node, deep=True)
                at = (*key, name if isinstance(name, int) else str(name))
                if name in result:
                    line = name_node.start_mark.line + 1
                    problems.append(Problem(file, line, dotted(at), "is written twice; remove one"))
                    continue
                lines[at] = name_node.start_mark.line + 1
                result[name] = _plain(loader, value_node, at, lines, file, problems)
            return result
        case yaml.SequenceNode():
            return [_plain(loader, item, (*key, index), lines, file, problems) for index, item in enumerate(node.value)]
        case _:
            try:
                return loader.construct_object(node, deep=True)
            except ValueError as error:
                problems.append(Problem(file, node.start_mark.line + 1, dotted(key), f"{error}, got {node.value!r}"))
                return None


def parse(source: Source, shape: type[T]) -> T:
    """Validate ``source`` into the dataclass ``shape``; raises ConfigError with every problem."""
    from pydantic import ValidationError

    if source.data is None:
        needed = " and ".join(_required(shape))
        text = f"it needs {needed}" if needed else f"remove it, or give it {_keys_at(shape, ())[0]}"
        raise ConfigError([Problem(source.file, 1, "", f"is empty; {text}")])
    try:
        valid: T = _adapter(cast("type", shape)).validate_python(source.data)
    except ValidationError as error:
        raise ConfigError(_problems(source, error.errors(include_url=False), shape)) from None
    return valid


@lru_cache(RECENT)
def _adapter(shape: type) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)


def _problems(source: Source, errors: Sequence[ErrorDetails], shape: type) -> Iterator[Problem]:
    found: dict[Key, str] = {}
    for error in errors:
        for key, text in _told(error, _key(source, error), shape):
            if error["type"] == "tuple_type" and found.get(key, "").startswith(ONE_OF):
                found[key] = found[key].replace(GOT, f", or a list{GOT}", 1)
            found.setdefault(key, text)
    for key, text in found.items():
        # Where several types are allowed, each says what it misses: one of them, the deepest, is enough.
        if not any(len(other) > len(key) and other[: len(key)] == key for other in found):
            yield source.problem(key, text)


def _told(error: ErrorDetails, key: Key, shape: type) -> Iterator[tuple[Key, str]]:
    """Yield what one error of the validator says, in our words, and where."""
    match error["type"]:
        case "unexpected_keyword_argument":
            close = difflib.get_close_matches(str(key[-1]), _keys_at(shape, key[:-1]), 1, 0.7)
            yield key, f"unknown key; did you mean {close[0]!r}?" if close else "unknown key; remove it"
        case "missing" | "missing_argument":
            yield key, "is required and missing"
        case "value_error" if isinstance(wrong := error.get("ctx", {}).get("error"), WrongError):
            yield from (((*key, *rest), text) for rest, text in wrong.told)
        case "value_error":
            yield key, error["msg"].removeprefix("Value error, ")
        case "union_tag_invalid":
            context = error.get("ctx", {})
            name, said = str(context["discriminator"]).strip("'"), str(context["tag"])
            names = str(context["expected_tags"]).replace("'", "").split(", ")
            yield (*key, name), unknown(name, said, names)
        case "union_tag_not_found":
            name = str(error.get("ctx", {})["discriminator"]).strip("'")
            yield (*key, name), "is required and missing"
        case "tuple_type":
            yield key, f"input should be a list{GOT}{_shown(error['input'])}"
        case kind if kind.startswith("date"):
            yield key, f"input should be a day such as {A_DAY}{GOT}{_shown(error['input'])}"
        case _:
            yield key, f"{error['msg'][0].lower()}{error['msg'][1:]}{GOT}{_shown(error['input'])}"


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _key(source: Source, error: ErrorDetails) -> Key:
    """Return the key that ``error`` is about: a missing or unknown one may be new, a wrong value stands somewhere."""
    key = _existing(source, error["loc"])
    return key[:-1] if error["type"] == "value_error" and key not in source.lines else key


def _existing(source: Source, loc: Key) -> Key:
    """Drop the names that the validator puts between real keys: of union members, and for a key itself."""
    key: Key = ()
    for index, part in enumerate(part for part in loc if part != "[key]"):
        if (*key, part) in source.lines or (index == len(loc) - 1 and _is_key(source, key)):
            key = (*key, part)
    return key


def _is_key(source: Source, key: Key) -> bool:
    at: Any = source.data
    for part in key:
        at = at[part]
    return isinstance(at, dict)


def _required(shape: type) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(shape)
        if field.default is field.default_factory is dataclasses.MISSING
    ]


def _keys_at(kind: Any, key: Key) -> list[str]:
    """Names of the keys that ``kind`` allows below ``key``."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not key:
            return [field.name for field in dataclasses.fields(kind)]
        return _keys_at(typing.get_type_hints(kind).get(str(key[0])), key[1:])
    kinds = typing.get_args(kind)
    if typing.get_origin(kind) in {dict, tuple}:
        return _keys_at(kinds[typing.get_origin(kind) is dict], key[1:]) if key else []
    return [name for each in kinds for name in _keys_at(each, key)]
