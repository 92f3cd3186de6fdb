"""Keeps known secrets out of whatever a run leaves, packed or not. Pure."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from smoke.secrets.secret import Scrubber
from smoke.secrets.tokens import without_tokens

T = TypeVar("T")
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
SECRETLESS = frozenset({type(None), bool, int, float})
TRACE = ".network"
"""The name of an entry that only Playwright's traces have."""


def scrubbed(value: T, scrubber: Scrubber) -> T:
    """Return ``value`` with every known secret replaced in its texts and bytes.

    So is half a character, as scripts leave it where they cut a text off: neither a file nor a database takes one.
    Looks into frozen dataclasses, tuples, lists and dictionaries; any other value is returned as it is.
    """
    return cast(T, _scrubbed(value, scrubber))


def _scrubbed(value: Any, scrubber: Scrubber) -> Any:
    kind: type = type(value)
    match value:
        case _ if kind in SECRETLESS or issubclass(kind, Enum):
            return value
        case str():
            return _whole(scrubber.text(value))
        case bytes():
            return scrubber.data(value)
        case tuple() | list() | dict():
            return _contents(value, scrubber)
        case _ if (names := _fields(cast("Hashable", kind))) is not None:
            held = [getattr(value, name) for name in names]
            clean = [_scrubbed(each, scrubber) for each in held]
            changed = any(new is not old for new, old in zip(clean, held, strict=True))
            return replace(value, **dict(zip(names, clean, strict=True))) if changed else value
        case _:
            return value


def _whole(text: str) -> str:
    """Return ``text`` without halves of surrogate pairs; two that belong together become their character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@cache
def _fields(kind: Any) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields, None for any other kind of value."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else None


def _contents(value: Any, scrubber: Scrubber) -> Any:
    if type(value) is dict:
        return {_scrubbed(name, scrubber): _scrubbed(each, scrubber) for name, each in value.items()}
    if type(value) is tuple:
        contents = tuple(_scrubbed(each, scrubber) for each in value)
        return contents if any(new is not old for new, old in zip(contents, value, strict=True)) else value
    if type(value) is list:
        return [_scrubbed(each, scrubber) for each in value]
    return value  # a kind of its own, which may not be made of its parts


def holds(data: bytes, scrubber: Scrubber) -> bool:
    """Tell whether a known secret stands in ``data``, packed or not."""
    return scrubber.data(data) != data or any(holds(inner, scrubber) for inner in _unpacked(data))


def is_closed(data: bytes) -> bool:
    """Tell whether nobody can look into ``data``, or into something in it: packed, and broken or encrypted."""
    inner = list(_unpacked(data))
    return (not inner and data.startswith((GZIP, ZIP))) or any(map(is_closed, inner))


def clean(data: bytes, scrubber: Scrubber) -> bytes:
    """Return ``data`` with every known secret replaced; what is packed as zip or gzip is packed again.

    Of Playwright's traces, whatever is a token or a cookie by its name goes too, known or not.
    """
    if (entries := _entries(data)) is not None:
        is_trace = any(name.endswith(TRACE) for name in entries)
        unpacked = {
            scrubber.text(name): clean(without_tokens(inner) if is_trace else inner, scrubber)
            for name, inner in entries.items()
        }
        return data if unpacked == entries and scrubber.data(data) == data else _packed(unpacked)
    if data.startswith(GZIP) and (inner := _gunzipped(data)) is not None:
        cleaned = clean(inner, scrubber)
        return data if cleaned == inner else gzip.compress(cleaned)
    return scrubber.data(data)


def _packed(entries: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _entries(data: bytes) -> dict[str, bytes] | None:
    """Return what a zip archive holds, by name; None if it is none that can be read."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError):
        return None


def _unpacked(data: bytes) -> Iterable[bytes]:
    if (entries := _entries(data)) is not None:
        yield from (name.encode() for name in entries)
        yield from entries.values()
    elif data.startswith(GZIP) and (inner := _gunzipped(data)) is not None:
        yield inner


def _gunzipped(data: bytes) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None
