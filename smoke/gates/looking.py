"""Looks again and again: until a build is live, until a canary was met often enough, or at two builds in turn."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from smoke.gates.comparison import LEAST_PAIRS, Compared, Errors, Paired, Relation, compare
from smoke.gates.sample import Sample, tally_of
from smoke.gates.sampler import Sampler
from smoke.model import Outcome

EVERY_S = 1.0
PAIRS = 20
"""Enough for a medium effect to be seen at one in a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """What waiting for a build came to."""

    live: bool
    seen: Counter[str]
    """Answers of the last session by the build that they showed."""
    waited_s: float
    is_down: bool = False
    """Whether the last session met nothing but failures of the application, and no build at all."""

    def sentence(self, build: str) -> str:
        """Say in one line that it did not come."""
        last = ", ".join(f"{name} {count} times" for name, count in sorted(self.seen.items())) or "no build at all"
        return f"STALE_BUILD: {build} did not answer within {self.waited_s:.0f} s; the last look met {last}"


async def wait_for(
    sampler: Sampler, arrived: Callable[[Sample], bool], limit_s: float, tell: Callable[[str], None]
) -> Waited:
    """Look until a session is as ``arrived`` wants it, for at most ``limit_s`` seconds; always once."""
    begun = time.monotonic()
    while True:
        sample = await sampler.session()
        waited_s = time.monotonic() - begun
        seen = Counter(sample.builds)
        if arrived(sample):
            return Waited(live=True, seen=seen, waited_s=waited_s)
        pause_s = max(EVERY_S, sampler.wait_s())
        if waited_s + pause_s > limit_s:
            failed = [look.outcome is Outcome.FAIL for look in sample.looks]
            return Waited(live=False, seen=seen, waited_s=limit_s, is_down=not seen and any(failed) and all(failed))
        tell(f"waiting for the build: {', '.join(sorted(seen)) or 'none'} answers, {limit_s - waited_s:.0f} s left")
        await asyncio.sleep(pause_s)


async def meet(sampler: Sampler, build: str, least: int, most: int, limit_s: float) -> list[Sample]:
    """Take sessions until ``least`` met ``build`` alone, or ``most`` were taken, or time or budget is used up."""
    ends = time.monotonic() + limit_s
    samples: list[Sample] = []
    while sum(sample.is_of(build) for sample in samples) < least and len(samples) < most:
        wait_s = sampler.wait_s()
        if time.monotonic() + wait_s > ends:
            break
        await asyncio.sleep(wait_s)
        samples.append(await sampler.session())
    return samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A session of each build, one right after the other."""

    stable: Sample
    canary: Sample
    calm: bool
    """Whether the runner was within its band just then."""

    def tells_apart(self, build: str) -> bool:
        """Tell whether the canary's session met ``build`` alone, and the stable one's did not meet it."""
        return self.canary.is_of(build) and build not in self.stable.builds


async def in_turn(stable: Sampler, canary: Sampler, limit_s: float) -> list[Pair]:
    """Take pairs of sessions, one of each build and every other pair the other way round, at most PAIRS."""
    ends = time.monotonic() + limit_s
    pairs: list[Pair] = []
    for number in range(PAIRS):
        wait_s = max(stable.wait_s(), canary.wait_s())
        if math.isinf(wait_s) or time.monotonic() + wait_s > ends:
            break
        await asyncio.sleep(wait_s)
        if number % 2:
            new, old = await canary.session(), await stable.session()
        else:
            old, new = await stable.session(), await canary.session()
        pairs.append(Pair(stable=old, canary=new, calm=await canary.is_calm()))
    return pairs


def compared(pairs: Sequence[Pair]) -> tuple[Compared, ...]:
    """Compare what ``pairs`` saw; raises ImportError without scipy.

    Only pairs that a calm runner took can show that the canary is slower: a busy one has times of its own.
    """
    every = compare(*paired(pairs))
    *timings, errors = every
    if errors.finding is Relation.WORSE or all(each.finding is not Relation.WORSE for each in timings):
        return every
    calm = [each for each in pairs if each.calm]
    if len(calm) < LEAST_PAIRS:
        return (*(_doubted(each, len(pairs) - len(calm)) for each in timings), errors)
    return compare(*paired(calm))


def _doubted(timing: Compared, busy: int) -> Compared:
    if timing.finding is not Relation.WORSE:
        return timing
    said = f"{timing.sentence}, but the runner was too slow beside {busy} of them"
    return replace(timing, finding=Relation.TOO_FEW, sentence=said)


def paired(pairs: Sequence[Pair]) -> tuple[tuple[Paired, ...], Errors]:
    """Return the times of every probe that both answered, side by side, and the failures of both."""
    times: dict[str, list[tuple[float, float]]] = {}
    for pair in pairs:
        canary = {look.check_id: look.total_ms for look in pair.canary.looks}
        for look in pair.stable.looks:
            times.setdefault(look.check_id, [])
            if look.total_ms is not None and (theirs := canary.get(look.check_id)) is not None:
                times[look.check_id].append((look.total_ms, theirs))
    stable, canaries = tally_of(each.stable for each in pairs), tally_of(each.canary for each in pairs)
    timings = tuple(
        Paired(name=name, stable=tuple(a for a, _ in both), canary=tuple(b for _, b in both))
        for name, both in times.items()
    )
    errors = Errors(
        stable_asked=stable.judged,
        stable_failed=stable.failed,
        canary_asked=canaries.judged,
        canary_failed=canaries.failed,
    )
    return timings, errors
