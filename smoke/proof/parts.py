"""Parts of a drill that were run apart, and how they are joined to one matrix again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from smoke.proof.matrix import Case, Matrix, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a drill is asked for."""

    faults: tuple[str, ...] = ()
    """Kinds or whole names; none: all."""
    shard: int = 1
    shards: int = 1

    @property
    def is_part(self) -> bool:
        """Whether it is one of several parts that make up a whole."""
        return self.shards > 1 and not self.faults

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.shards == 1 and not self.faults

    def names(self, fault: str) -> bool:
        """Tell whether a fault is asked for by its name or kind."""
        return not self.faults or fault in self.faults or kind_of(fault) in self.faults

    def has(self, check_id: str, fault: str) -> bool:
        """Tell whether this case is asked for, and in this part.

        What part it belongs to hangs on its name alone: parts add up wherever they are run.
        """
        return self.names(fault) and crc32(f"{check_id} {fault}".encode()) % self.shards == self.shard - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the drill of a suite."""

    shard: int
    shards: int
    matrix: Matrix


class NotJoinedError(Exception):
    """Parts that make up no whole; its text says why."""


def joined(parts: Sequence[Part]) -> Matrix:
    """Return what the parts of one suite's drill showed together; raises NotJoinedError."""
    first = parts[0].matrix
    if told := [*_amiss(parts)]:
        raise NotJoinedError("; ".join(told))
    return replace(
        first,
        cases=tuple(case for part in sorted(parts, key=lambda part: part.shard) for case in part.matrix.cases),
        asked=sum(part.matrix.asked for part in parts),
        duration_s=max(part.matrix.duration_s for part in parts),
        finished=max(part.matrix.finished for part in parts),
    )


def _amiss(parts: Sequence[Part]) -> Iterator[str]:
    for what, found in (
        ("numbers of parts", {str(part.shards) for part in parts}),
        ("environments", {part.matrix.environment for part in parts}),
        ("configurations", {part.matrix.config_sha256[:8] for part in parts}),
        ("numbers of faults", {str(part.matrix.promised) for part in parts}),
    ):
        if len(found) > 1:
            yield f"they are of different {what}: {', '.join(sorted(found))}"
            return
    there = [part.shard for part in parts]
    if missing := [number for number in range(1, parts[0].shards + 1) if number not in there]:
        yield f"missing: {_listed(missing, parts[0].shards)}"
    if twice := sorted({number for number in there if there.count(number) > 1}):
        yield f"there twice: {_listed(twice, parts[0].shards)}"
    tried = {case.key for part in parts for case in part.matrix.cases if _belongs(case, part)}
    if not missing and not twice and len(tried) != parts[0].matrix.promised:
        yield f"they hold {len(tried)} of {parts[0].matrix.promised} faults"
    elif len(tried) != sum(len(part.matrix.cases) for part in parts):
        yield "they hold faults twice, or such as belong to another part"


def _belongs(case: Case, part: Part) -> bool:
    return case.suite == part.matrix.suite and Wanted(shard=part.shard, shards=part.shards).has(*case.key)


def _listed(numbers: Iterable[int], shards: int) -> str:
    return ", ".join(f"{number}/{shards}" for number in numbers)
