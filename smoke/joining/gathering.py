"""Finds the parts that machines left, and waits for those that are still on their way."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from smoke.running.part import FILE, Part, PartError, read_part
from smoke.running.scheduled import Aim

LOOK_S = 1.0
"""Between two looks at what has arrived."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part, and the folder with all that its run left."""

    part: Part
    folder: Path


@dataclass(frozen=True, slots=True)
class Gathered:
    """What lies in some folders."""

    found: tuple[Found, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Files that should be parts, and what is wrong with each."""

    @property
    def runs(self) -> tuple[str, ...]:
        """The names of the runs that there are parts of."""
        return tuple(dict.fromkeys(each.part.of for each in self.found))

    def of(self, name: str) -> Gathered:
        """Return only what belongs to the run ``name``."""
        return Gathered(tuple(each for each in self.found if each.part.of == name), self.unreadable)

    def by_aim(self) -> dict[tuple[Aim, str], tuple[Found, ...]]:
        """Return the parts by where they looked, and from which region, in order."""
        found: dict[tuple[Aim, str], list[Found]] = {}
        for each in self.found:
            run = each.part.run
            aim = Aim(run.suite, run.environment, run.execution_point)
            found.setdefault((aim, run.region), []).append(each)
        return {key: tuple(found[key]) for key in sorted(found)}


def gather(folders: Iterable[Path]) -> Gathered:
    """Read every part at or below ``folders``; links are followed, and each folder is looked into once."""
    found, unreadable = list[Found](), list[str]()
    seen, files = set[Path](), set[Path]()
    for top in folders:
        for name, below, names in os.walk(top, followlinks=True, onerror=lambda error: unreadable.append(_told(error))):
            if (folder := Path(name).resolve()) in seen:
                below.clear()
                continue
            seen.add(folder)
            files |= {(folder / FILE).resolve()} if FILE in names else set()
    for path in sorted(files):
        try:
            found.append(Found(read_part(path), path.parent))
        except (PartError, OSError) as error:
            unreadable.append(f"{path}: {error}")
    return Gathered(tuple(found), tuple(unreadable))


def _told(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}"


def gather_within(folders: Sequence[Path], seconds: float, is_whole: Callable[[Gathered], bool]) -> Gathered:
    """Read them until ``is_whole``, at most for so long; what comes later is lost."""
    ends, never = time.monotonic() + seconds, threading.Event()
    while not is_whole(gathered := gather(folders)) and time.monotonic() < ends:
        never.wait(min(LOOK_S, max(0.0, ends - time.monotonic())))
    return gathered


def has_every_shard(parts: Iterable[Part]) -> bool:
    """Tell whether each shard of a run left a part."""
    shards = {part.shard for part in parts if part.shard is not None}
    return all(shards.issuperset(shard.all) for shard in shards)
