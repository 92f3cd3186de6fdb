"""What clean repetitions came to: how often there was a false alarm. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from smoke.judging.judge import combine
from smoke.judging.judged import CheckResult
from smoke.model import Blame, Outcome

CONFIDENCE = 0.95


class Ending(StrEnum):
    """How a campaign ended."""

    WHOLE = "whole"
    STOPPED = "stopped"
    """Before all repetitions were done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A check that did not just pass, though nothing was wrong."""

    check_id: str
    outcome: Outcome
    blame: Blame | None
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """One clean run in its weather."""

    number: int
    weathers: tuple[str, ...]
    probes: int
    """How many were judged."""
    journeys: int
    alarms: tuple[Alarm, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of all its checks, critical or not."""
        passed = [Outcome.PASS] if self.probes + self.journeys > len(self.alarms) else []
        return combine([*passed, *(each.outcome for each in self.alarms)])


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """Alarms of one kind."""

    check_id: str
    outcome: Outcome
    blame: Blame | None
    count: int
    rules: tuple[str, ...]
    """What was said, most often first."""
    weathers: tuple[tuple[str, int], ...]
    """In which weather, and how often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """All repetitions of one suite."""

    suite: str
    environment: str
    seed: int
    wanted: int
    repetitions: tuple[Repetition, ...]
    asked: int
    """Requests that the target saw: those of the clean run, and reads that it had not made."""
    duration_s: float
    ending: Ending = Ending.WHOLE
    finished: float = 0.0
    """Seconds since the epoch."""

    def count(self, outcome: Outcome) -> int:
        """Return how many repetitions came to ``outcome``."""
        return sum(each.outcome == outcome for each in self.repetitions)

    @property
    def judged(self) -> int:
        """Repetitions that could be judged."""
        return len(self.repetitions) - self.count(Outcome.INCONCLUSIVE)

    @property
    def with_journeys(self) -> int:
        """Repetitions that had the journeys, too."""
        return sum(each.journeys > 0 for each in self.repetitions)

    @property
    def rate(self) -> float | None:
        """Share of the judged repetitions in which there was a false alarm, 0 to 1; None where none was judged."""
        return self.count(Outcome.FAIL) / self.judged if self.judged else None

    @property
    def bound(self) -> float | None:
        """What the true rate is below, with 95 % confidence; None where nothing was judged."""
        return upper_bound(self.count(Outcome.FAIL), self.judged) if self.judged else None

    @property
    def outcome(self) -> Outcome:
        """FAIL where one repetition did; INCONCLUSIVE where none could be judged, or fewer were made than asked for."""
        if self.count(Outcome.FAIL):
            return Outcome.FAIL
        whole = self.judged > 0 and self.ending is Ending.WHOLE
        return Outcome.PASS if whole else Outcome.INCONCLUSIVE

    @property
    def alarm_kinds(self) -> tuple[AlarmKind, ...]:
        """Every kind of alarm, the worst and the most frequent first."""
        kinds: dict[tuple[str, Outcome, Blame | None], list[tuple[Alarm, Repetition]]] = {}
        for repetition in self.repetitions:
            for alarm in repetition.alarms:
                kinds.setdefault((alarm.check_id, alarm.outcome, alarm.blame), []).append((alarm, repetition))
        found = [_kind(*kind, seen) for kind, seen in kinds.items()]
        return tuple(sorted(found, key=lambda kind: (ORDER.index(kind.outcome), -kind.count, kind.check_id)))


ORDER = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.FLAKY, Outcome.PASS)


def _kind(check_id: str, outcome: Outcome, blame: Blame | None, seen: list[tuple[Alarm, Repetition]]) -> AlarmKind:
    rules = Counter(alarm.rule for alarm, _ in seen if alarm.rule)
    weathers = Counter(name for _, repetition in seen for name in repetition.weathers)
    told = tuple(rule for rule, _ in rules.most_common())
    return AlarmKind(check_id, outcome, blame, len(seen), told, tuple(weathers.most_common()))


def alarms_of(results: Iterable[tuple[str, CheckResult]]) -> tuple[Alarm, ...]:
    """Return what did not just pass of ``results``, each with the id of its check."""
    return tuple(
        Alarm(check_id=name, outcome=each.outcome, blame=each.blame, rule=each.reason)
        for name, each in results
        if each.outcome is not Outcome.PASS
    )


def upper_bound(failures: int, trials: int) -> float:
    """Return the largest rate at which so few of ``trials`` still fail by chance (Clopper-Pearson, one-sided).

    Without any failure it is about 3 / ``trials``: the rule of three.
    """
    if failures >= trials:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        rate = (low + high) / 2
        low, high = (rate, high) if _at_most(failures, trials, rate) > 1 - CONFIDENCE else (low, rate)
    return high


def _at_most(failures: int, trials: int, rate: float) -> float:
    """Return the chance of at most so many failures, each trial failing at ``rate``, between 0 and 1."""
    logs = (
        math.lgamma(trials + 1) - math.lgamma(each + 1) - math.lgamma(trials - each + 1)
        + each * math.log(rate) + (trials - each) * math.log1p(-rate)
        for each in range(failures + 1)
    )  # fmt: skip
    return sum(map(math.exp, logs))
