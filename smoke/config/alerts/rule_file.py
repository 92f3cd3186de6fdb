"""The shape of alert-rules.yaml. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Annotated

from annotated_types import Len

from smoke import spans
from smoke.config.alerts.rule import Rule
from smoke.config.cron_schedule import Cron, Zone
from smoke.model import Severity, Urgency
from smoke.strict import Checked, Strict, Text, Time, check_each


def _check_local(moment: datetime | date) -> None:
    """Raise ValueError where a time brings its own offset: its zone is said once, beside it."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        raise ValueError("local to its zone: write it without Z or offset, as 2026-12-01 22:00")


LOCAL = Checked(_check_local)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade(Strict):
    """What a severity means."""

    title: Text
    """For people."""
    urgency: Urgency
    """``page`` may wake somebody up, ``tell`` may not."""
    target: Time
    """It should be over after so long."""
    longest: Time
    """It must be over after so long."""
    remind: Time
    """As long as it is open, it is told again after so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Strict):
    """Somebody who is responsible at some step."""

    notify: Annotated[tuple[Text, ...], Len(1)]
    """How they are reached, as with rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Strict):
    """A step of an escalation."""

    after: Time
    """So long after the alert; the first is ``0m``."""
    roles: tuple[str, ...] = ()
    """Who is responsible from now on; none: only those whom the rule names."""
    action: Text
    """What is asked of them."""
    urgency: Urgency | None = None
    """Whether this step may wake somebody up; none: as the severity says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance(Strict):
    """A time in which a product may be down: what is seen in it counts for nothing, and nobody is told.

    Either once, ``from`` and ``until``; or again and again, ``cron`` and ``lasts``, up to the last day ``until``.
    """

    title: Text
    """What is done."""
    owner: Text
    """Team that does it."""
    until: Annotated[datetime | date, LOCAL]
    """Its end, as ``2026-12-01 22:00``; of a recurring one the last day, as ``2026-12-31``. Local to its time zone."""
    since: Annotated[datetime, LOCAL] | None = None
    """Its beginning, as ``2026-12-01 20:00``; for one that comes once."""
    cron: Cron | None = None
    """Its beginnings, for one that comes again and again."""
    lasts: Time | None = None
    """Its length, for one that comes again and again."""
    time_zone: Zone = "UTC"
    """Zone in which its times are meant, such as ``Europe/Berlin``."""
    suites: tuple[str, ...] = ()
    """Suites that are concerned; none: all."""
    environments: tuple[str, ...] = ("production",)
    """Environments that are concerned; none: all."""

    def __post_init__(self) -> None:
        recurring = (self.cron, self.lasts)
        if (self.since is None) != all(recurring) or any(recurring) != all(recurring):
            raise ValueError(
                "it comes either once, with since and until, or again and again, with cron, lasts and until"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Strict):
    """Nobody is told of a rule for a while; what is open when it ends is told then."""

    rules: Annotated[tuple[Text, ...], Len(1)]
    """Names of rules."""
    reason: Text
    """Why."""
    owner: Text
    """Who wants it."""
    until: Annotated[datetime, LOCAL]
    """Its end, as ``2026-12-01 22:00``, local to its time zone."""
    since: Annotated[datetime, LOCAL] | None = None
    """Its beginning; none: since ever."""
    time_zone: Zone = "UTC"
    """Zone in which its times are meant."""
    suites: tuple[str, ...] = ()
    """Suites that are concerned; none: all."""
    environments: tuple[str, ...] = ()
    """Environments that are concerned; none: all."""


def concerns(entry: Rule | Maintenance | Silence, suite: str, environment: str) -> bool:
    """Tell whether ``entry`` is about a suite in an environment."""
    return suite in (entry.suites or (suite,)) and environment in (entry.environments or (environment,))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRulesFile(Strict):
    """alert-rules.yaml: when people are told of what, who, and how it escalates."""

    severities: dict[Severity, Grade]
    """What each severity means: every one of them."""
    roles: dict[str, Role] = field(default_factory=dict)
    """Who is reached how, by the names that escalations use."""
    escalations: dict[str, Annotated[tuple[Level, ...], Len(1)]] = field(default_factory=dict)
    """Escalations, by name, their steps in order."""
    rules: tuple[Rule, ...] = ()
    """The rules."""
    maintenance: tuple[Maintenance, ...] = ()
    """Times in which a product may be down."""
    silences: tuple[Silence, ...] = ()
    """Rules of which nobody is told for a while."""

    def __post_init__(self) -> None:
        check_each(
            [
                (("severities",), self._check_severities),
                *((("escalations", name), partial(check_rising, levels)) for name, levels in self.escalations.items()),
            ]
        )

    def _check_severities(self) -> None:
        if missing := [str(each) for each in Severity if each not in self.severities]:
            raise ValueError(f"says nothing of {', '.join(missing)}")


def check_rising(levels: tuple[Level, ...]) -> None:
    """Raise ValueError unless the steps begin at once and each comes after the one before."""
    times = [spans.seconds(level.after) for level in levels]
    if times[0] != 0:
        raise ValueError(f"begins after {levels[0].after}, and nobody is responsible before: begin with after: 0m")
    if times != sorted(set(times)):
        raise ValueError("its steps do not rise; sort them by after, each of its own time")
