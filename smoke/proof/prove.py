"""Proves one suite: a clean run, then every fault at every check that promises to catch it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from smoke.proof.drill import drill
from smoke.proof.matrix import Case, Matrix
from smoke.proof.recording import Recorded, record
from smoke.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a drill is asked for."""

    faults: tuple[str, ...] = ()
    """Kinds or whole names; none: all."""
    shard: int = 1
    shards: int = 1

    def has(self, name: str) -> bool:
        """Tell whether the fault of this name is asked for."""
        return not self.faults or name in self.faults or name.partition(" ")[0] in self.faults


def prove(
    settings: Settings, wanted: Wanted, began: Callable[[Recorded, int], None], done: Callable[[Case], None]
) -> Matrix:
    """Return what the drill of one suite showed; ``began`` is told of the clean run and how many faults follow.

    Raises ConfigError, and NotCleanError where there is nothing to prove anything by.
    """
    begun = time.monotonic()
    recorded = record(settings)
    stage = recorded.stage
    ahead = [pair for pair in stage.cases() if wanted.has(pair[1].name)]
    ahead = ahead[wanted.shard - 1 :: wanted.shards]
    began(recorded, len(ahead))

    async def tried() -> tuple[Case, ...]:
        cases = []
        for probe, fault in ahead:
            cases.append(await drill(stage, probe, fault))
            done(cases[-1])
        return tuple(cases)

    return Matrix(
        suite=settings.suite,
        environment=recorded.environment,
        cases=asyncio.run(tried()),
        asked=recorded.requests,
        duration_s=time.monotonic() - begun,
    )
