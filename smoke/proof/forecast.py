"""Which weather each repetition has, by nothing but the seed and its number. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from smoke.answers.exchange import Exchange
from smoke.proof.weather import QUIET_MS, WEATHERS, Moment, Weather

Turn = tuple[str, int]
"""A check, and which of its requests, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The weather of one repetition."""

    seed: int
    number: int
    """Of the repetition, from 1."""
    weathers: tuple[Weather, ...]
    struck: Mapping[str, Turn] = field(default_factory=dict)
    """By name of the weather, whom a mishap meets that comes once."""

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called."""
        return tuple(each.name for each in self.weathers)

    @property
    def burners(self) -> int:
        """Processes that burn processor time beside it."""
        return max((each.burners for each in self.weathers), default=0)

    @property
    def script(self) -> str:
        """What every page runs first; empty: nothing."""
        return ";\n".join(each.script for each in self.weathers if each.script)

    def reading_ms(self, number: int) -> float:
        """Return what reading ``number`` of the reference exchange takes: the runner is as busy all the time, about."""
        took = QUIET_MS
        for each in self.weathers:
            level, now = (chance_of(self.seed, self.number, each.name, "runner", turn) for turn in (0, number))
            took += each.reference_ms * (level + now) / 2
        return took

    def over(self, good: Exchange, turn: Turn, *, foreign: bool) -> Exchange:
        """Return what arrives of the answer ``good`` at ``turn``; raises NoAnswerError where nothing does."""
        for each in self.weathers:
            chance = chance_of(self.seed, self.number, each.name, *turn)
            good = each.act(good, Moment(chance, self.struck.get(each.name) == turn, foreign))
        return good


def forecast(seed: int, number: int, requests: Mapping[str, int], weathers: Sequence[Weather] = WEATHERS) -> Forecast:
    """Return the weather of repetition ``number``; ``requests`` says how many each of its checks makes."""
    chosen = tuple(each for each in weathers if chance_of(seed, number, each.name) < each.share)
    turns = [(check, turn) for check, count in sorted(requests.items()) for turn in range(1, count + 1)]
    struck = {}
    for each in chosen if turns else ():
        struck[each.name] = turns[int(chance_of(seed, number, each.name, "where") * len(turns))]
    return Forecast(seed=seed, number=number, weathers=chosen, struck=struck)


def chance_of(*what: object) -> float:
    """Return a number from 0 to below 1 that is always the same for the same things, and uniform over all."""
    digest = hashlib.sha256("\0".join(map(str, what)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
