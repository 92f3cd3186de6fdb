"""Parts of a drill that were run apart, and how they are joined to one matrix again. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from smoke.planning.sharding import ALL, Shard
from smoke.proof.matrix import Case, Matrix, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a drill is asked for."""

    faults: tuple[str, ...] = ()
    """Kinds or whole names; none: all."""
    shard: Shard = ALL

    @property
    def is_part(self) -> bool:
        """Whether it is one of several parts that make up a whole."""
        return self.shard != ALL and not self.faults

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.shard == ALL and not self.faults

    def names(self, fault: str) -> bool:
        """Tell whether a fault is asked for by its name or kind."""
        return not self.faults or fault in self.faults or kind_of(fault) in self.faults

    def has(self, check_id: str, fault: str) -> bool:
        """Tell whether this case is asked for, and in this part.

        What part it belongs to hangs on its name alone: parts add up wherever they are run.
        """
        return self.names(fault) and crc32(f"{check_id} {fault}".encode()) % self.shard.count == self.shard.index - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the drill of a suite."""

    shard: Shard
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
        ("numbers of parts", {str(part.shard.count) for part in parts}),
        ("environments", {part.matrix.environment for part in parts}),
        ("configurations", {part.matrix.config_sha256[:8] for part in parts}),
        ("numbers of faults", {str(part.matrix.promised) for part in parts}),
    ):
        if len(found) > 1:
            yield f"they are of different {what}: {', '.join(sorted(found))}"
            return
    there = [part.shard for part in parts]
    if missing := [shard for shard in parts[0].shard.all if shard not in there]:
        yield f"missing: {', '.join(map(str, missing))}"
    if twice := sorted({shard for shard in there if there.count(shard) > 1}):
        yield f"there twice: {', '.join(map(str, twice))}"
    tried = {case.key for part in parts for case in part.matrix.cases if _belongs(case, part)}
    if not missing and not twice and len(tried) != parts[0].matrix.promised:
        yield f"they hold {len(tried)} of {parts[0].matrix.promised} faults"
    elif len(tried) != sum(len(part.matrix.cases) for part in parts):
        yield "they hold faults twice, or such as belong to another part"


def _belongs(case: Case, part: Part) -> bool:
    return case.suite == part.matrix.suite and Wanted(shard=part.shard).has(*case.key)
