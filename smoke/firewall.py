"""Keeps known secrets out of whatever a run leaves: scrubs, then looks again at what came out."""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, cast

from smoke.secret import Scrubber

T = TypeVar("T")
WITHHELD = ".withheld"
GZIP = b"\x1f\x8b"


def scrubbed(value: T, scrubber: Scrubber) -> T:
    """Return ``value`` with every known secret replaced in its texts and bytes.

    Looks into frozen dataclasses, tuples, lists and dictionaries; any other value is returned as it is.
    """
    return cast(T, _scrubbed(value, scrubber))


def _scrubbed(value: Any, scrubber: Scrubber) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return scrubber.text(value)
        case bytes():
            return scrubber.data(value)
        case tuple() | list() | dict():
            return _contents(value, scrubber)
        case _ if is_dataclass(value) and not isinstance(value, type):
            changed = {each.name: _scrubbed(getattr(value, each.name), scrubber) for each in fields(value)}
            return replace(value, **changed)
        case _:
            return value


def _contents(value: Any, scrubber: Scrubber) -> Any:
    if type(value) is dict:
        return {_scrubbed(name, scrubber): _scrubbed(each, scrubber) for name, each in value.items()}
    if type(value) in (tuple, list):
        return type(value)(_scrubbed(each, scrubber) for each in value)
    return value  # a kind of its own, which may not be made of its parts


def holds(data: bytes, scrubber: Scrubber) -> bool:
    """Tell whether a known secret stands in ``data``, packed or not."""
    return scrubber.data(data) != data or any(holds(inner, scrubber) for inner in _unpacked(data))


def clean(data: bytes, scrubber: Scrubber) -> bytes:
    """Return ``data`` with every known secret replaced; what is packed as zip or gzip is packed again."""
    if not holds(data, scrubber):
        return data
    if zipfile.is_zipfile(io.BytesIO(data)):
        return repacked(data, lambda inner: clean(inner, scrubber), scrubber.text)
    if data.startswith(GZIP) and (inner := _gunzipped(data)) is not None:
        return gzip.compress(clean(inner, scrubber))
    return scrubber.data(data)


def sweep(folders: Iterable[Path], scrubber: Scrubber) -> tuple[str, ...]:
    """Clean every file below ``folders`` in place; return the names of those that had to be withheld.

    A file that still holds a secret afterwards, or whose name does, is replaced by an empty ``….withheld``.
    """
    withheld = []
    for path in [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]:
        data = path.read_bytes()
        dirty = holds(data, scrubber)
        if dirty:
            data = clean(data, scrubber)
            path.write_bytes(data)
        if (dirty and holds(data, scrubber)) or scrubber.text(path.name) != path.name:
            name = scrubber.text(path.name)
            path.unlink()
            path.with_name(name + WITHHELD).touch()
            withheld.append(name)
    return tuple(withheld)


def repacked(data: bytes, change: Callable[[bytes], bytes], rename: Callable[[str], str] = str) -> bytes:
    """Return the zip archive ``data`` with each entry changed; raises zipfile.BadZipFile."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            after.writestr(rename(entry.filename), change(before.read(entry)))
    return packed.getvalue()


def _unpacked(data: bytes) -> Iterable[bytes]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                yield archive.read(entry)
    elif data.startswith(GZIP) and (inner := _gunzipped(data)) is not None:
        yield inner


def _gunzipped(data: bytes) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None
