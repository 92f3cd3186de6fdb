"""How many journeys may be under way at once, and whose turn it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from smoke.model import Check

EACH_MB = 250.0
"""Memory that one more page of a common application takes, with room to spare."""
MOST = 8
IDLE = 0.3
"""Share of the processors that has nothing to do, from which on one more journey costs the others no time."""


def at_first(cores: int, free_mb: float, journeys: int) -> int:
    """Return how many workers begin: one for each core, as far as there is memory (MB) and work."""
    return max(1, min(cores, _room(free_mb), journeys))


def one_more(workers: int, idle: float, free_mb: float) -> bool:
    """Tell whether another worker should join ``workers``: processors idle (share, 0 to 1), and memory (MB) is free."""
    return workers < MOST and idle >= IDLE and _room(free_mb) >= 1


def next_of(waiting: Sequence[Check], running: Iterable[Check], took: Mapping[str, float]) -> Check | None:
    """Return the journey to begin beside those that run, None if each must wait.

    Two journeys never have the same account at once. Those with an account go first: they may have to wait again.
    Then whichever ``took`` longest lately (any unit, by check id), so that none is left to run alone in the end.
    """
    taken = {check.account for check in running if check.account}
    free = [check for check in waiting if check.account not in taken]
    return min(free, key=lambda check: (check.account is None, -took.get(check.id, 0.0)), default=None)


def _room(free_mb: float) -> int:
    return int(free_mb // EACH_MB)
