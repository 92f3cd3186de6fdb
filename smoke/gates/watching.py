"""Looks at a target for a while, and stops as soon as its error rate is settled."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from smoke.gates.error_rate import RateTerms, Tally, WatchState, standing
from smoke.gates.sample import Sample, tally_of
from smoke.gates.sampler import Sampler
from smoke.judging.builds import BuildProof
from smoke.model import Outcome

COVERED = 0.75
"""Of the time that it was to take, without which a limit is not kept."""
LONGEST_GAP = 0.5
"""Of that time: a request budget that is new every minute leaves shorter gaps, one at the end as well."""
EVERY_S = 1.0
"""Between two sessions, where the request budget does not ask for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a monitoring period saw."""

    terms: RateTerms
    standing: WatchState
    tally: Tally
    watched_s: float
    duration_s: float
    """That it was to take."""
    samples: tuple[Sample, ...] = ()

    @property
    def builds(self) -> dict[str, int]:
        """Answers by the build that they showed."""
        return dict(sum((Counter(sample.builds) for sample in self.samples), Counter()))

    def proof_of(self, build: str) -> BuildProof:
        """Return what all answers together say of ``build``."""
        return BuildProof(expected=build, seen=self.builds, silent=sum(sample.silent for sample in self.samples))

    @property
    def sentence(self) -> str:
        """Say it in one line: rate, limit, samples, time and the first failure."""
        rate, limit = self.tally.error_rate, f"{100 * self.terms.max_error_rate:g} %"
        seen = "no answer was judged" if rate is None else f"error rate {100 * rate:.3g} %"
        counted = f"{self.tally.failed} of {self.tally.judged} requests in {self.watched_s:.0f} s"
        unjudged = f", {self.tally.unjudged} could not be judged" if self.tally.unjudged else ""
        said = f"{seen} ({counted}{unjudged}), limit {limit}"
        match self.standing:
            case WatchState.BROKEN:
                return f"{said}{self._first_failure()}"
            case WatchState.TOO_FEW:
                return f"{said}: too few to judge by, at least {self.terms.least} are needed"
            case WatchState.CUT_SHORT:
                return f"{said}: the request budget was used up long before {self.duration_s:g} s were over"
            case WatchState.KEPT | WatchState.OPEN:
                return said

    def _first_failure(self) -> str:
        bad = (look for sample in self.samples for look in sample.looks if look.outcome is Outcome.FAIL)
        first = next(bad, None)
        return f"; first: {first.check_id}: {first.rule}" if first else ""


@dataclass(slots=True)
class Watching:
    """One monitoring period; ``tell`` hears how it stands after every session."""

    sampler: Sampler
    terms: RateTerms
    duration_s: float
    tell: Callable[[Tally, Sample, float], None] = lambda _tally, _last, _left_s: None
    every_s: float = EVERY_S
    _samples: list[Sample] = field(default_factory=list)

    async def watch(self) -> Watch:
        """Look until the time is over, the limit can no longer be kept, or the request budget is used up."""
        begun = time.monotonic()
        ends = begun + self.duration_s
        while True:
            asked_at = time.monotonic()
            self._samples.append(await self.sampler.session())
            tally, now = tally_of(self._samples), time.monotonic()
            self.tell(tally, self._samples[-1], max(0.0, ends - now))
            next_at = self._next(asked_at, now, ends)
            stands = standing(self.terms, tally, self._left(next_at, ends))
            if stands is not WatchState.OPEN or next_at is None:
                watched_s = time.monotonic() - begun
                is_short = stands is WatchState.KEPT and self._is_cut_short(watched_s)
                return self._watch(WatchState.CUT_SHORT if is_short else stands, tally, watched_s)
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    def _is_cut_short(self, watched_s: float) -> bool:
        """Tell whether the request budget left most of the time unwatched."""
        return watched_s < COVERED * self.duration_s and self.sampler.wait_s() > LONGEST_GAP * self.duration_s

    def _next(self, asked_at: float, now: float, ends: float) -> float | None:
        """Return when the next session begins, the last one at the very end; None: there is no other."""
        allowed_at = now + self.sampler.wait_s()
        return None if now >= ends or allowed_at > ends else min(ends, max(asked_at + self.every_s, allowed_at))

    def _left(self, next_at: float | None, ends: float) -> int:
        """Return how many looks may still come."""
        if next_at is None:
            return 0
        return (1 + math.ceil((ends - next_at) / self.every_s)) * len(self.sampler.probes)

    def _watch(self, stands: WatchState, tally: Tally, watched_s: float) -> Watch:
        return Watch(
            terms=self.terms,
            standing=stands,
            tally=tally,
            watched_s=watched_s,
            duration_s=self.duration_s,
            samples=tuple(self._samples),
        )
