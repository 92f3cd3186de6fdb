"""Shares the checks of a run out to several machines, the same way on each of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from smoke.model import Check, CheckKind

MOST = 99_999
"""Parts that something may be cut into."""


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """One of several parts that a run, or a drill, is cut into."""

    index: int
    """From 1."""
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count <= MOST:
            raise ValueError(f"there is no part {self.index} of {self.count}")

    @staticmethod
    def parse(text: str) -> Shard:
        """Read what the command line says, ``2/5``; raises ValueError."""
        match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text.strip())
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"is a part and how many there are, such as 2/5; got {text!r}")
        return Shard(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    @property
    def all(self) -> tuple[Shard, ...]:
        """All parts that it is one of."""
        return tuple(Shard(index, self.count) for index in range(1, self.count + 1))


ALL = Shard(1, 1)
"""What runs that is no shard."""


def shares(
    checks: Sequence[Check], after: Mapping[str, Iterable[str]], took: Mapping[str, float], count: int
) -> tuple[tuple[Check, ...], ...]:
    """Return which of ``checks`` each of ``count`` shards runs, in their order, each exactly once.

    What belongs together stays together: a probe and those that it comes ``after`` (ids by id), and all that sign in
    with one account, which only one of them may have at a time. The longest go first, each to the shard that has
    least to do. ``took`` is what checks took lately, in milliseconds; one that is new counts as others of its kind.
    Raises ValueError, with the most that there can be, where a shard would have nothing to do.
    """
    units = _units(checks, after)
    if count > len(units):
        raise ValueError(f"only {len(units)} parts can run apart from each other; got {count}")
    usual = _usual(checks, took)
    loads = [(sum(took.get(check.id, usual[check.kind]) for check in unit), unit) for unit in units]
    given: list[tuple[float, list[Check]]] = [(0.0, []) for _ in range(count)]
    for load, unit in sorted(loads, key=lambda each: (-each[0], each[1][0].id)):
        least = min(range(count), key=lambda index: (given[index][0], index))
        given[least] = (given[least][0] + load, given[least][1] + unit)
    return tuple(tuple(check for check in checks if check in share) for _, share in given)


def _units(checks: Sequence[Check], after: Mapping[str, Iterable[str]]) -> list[list[Check]]:
    units: list[tuple[set[str], list[Check]]] = []
    for check in checks:
        keys = {check.id, *after.get(check.id, ())} | ({f"account {check.account}"} if check.account else set())
        touching = [unit for unit in units if unit[0] & keys]
        units = [unit for unit in units if not unit[0] & keys]
        together = [each for unit in touching for each in unit[1]]
        units.append((keys.union(*(unit[0] for unit in touching)), [*together, check]))
    return [unit for _, unit in units]


def _usual(checks: Sequence[Check], took: Mapping[str, float]) -> dict[CheckKind, float]:
    """Return what a check of each kind takes: the middle of those that are known, or a guess."""
    usual = {CheckKind.JOURNEY: 3000.0, CheckKind.PROBE: 150.0}
    for kind in CheckKind:
        known = sorted(took[check.id] for check in checks if check.kind is kind and check.id in took)
        usual[kind] = known[len(known) // 2] if known else usual[kind]
    return usual
