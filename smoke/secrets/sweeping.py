"""Keeps known secrets out of the files that a run leaves: cleans each, then looks again at what came out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from smoke.secrets.firewall import clean, holds, is_closed
from smoke.secrets.secret import Scrubber

WITHHELD = ".withheld"


def sweep(places: Iterable[Path], scrubber: Scrubber) -> tuple[str, ...]:
    """Clean every file at or below ``places`` in place; return the names of those that had to be withheld.

    A file that still holds a secret afterwards, or whose name does, or that nobody can look into, is replaced by an
    empty ``….withheld``. A folder whose name holds one gets another name. Links lead elsewhere and are removed.
    """
    found = [path for place in places for path in (place, *sorted(place.rglob("*")))]
    withheld = []
    for path in found:
        if path.is_symlink():
            path.unlink()
        elif path.is_file() and not _cleaned(path, scrubber):
            name = scrubber.text(path.name)
            path.unlink()
            path.with_name(name + WITHHELD).touch()
            withheld.append(name)
    for folder in reversed(found):  # what lies within before what is around it
        if folder.is_dir() and (name := scrubber.text(folder.name)) != folder.name:
            _renamed(folder, name)
    return tuple(withheld)


def _cleaned(path: Path, scrubber: Scrubber) -> bool:
    """Clean one file; tell whether nothing secret is left, as far as that can be told."""
    data = path.read_bytes()
    cleaned = clean(data, scrubber)
    if cleaned != data:
        path.write_bytes(cleaned)
    if scrubber.text(path.name) != path.name or is_closed(cleaned):
        return False
    return cleaned == data or not holds(cleaned, scrubber)


def _renamed(folder: Path, name: str) -> None:
    free = (folder.with_name(f"{name}-{number}" if number > 1 else name) for number in count(1))
    folder.rename(next(path for path in free if not path.exists()))
