"""Reads alert-rules.yaml and cron-schedule.yaml, and holds one against the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smoke.config.alerts.condition import Measure
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.config.alerts.windows import never_holds
from smoke.config.cron_schedule import CronScheduleFile, Schedule
from smoke.config.load import Document, document
from smoke.config.paths import RULES
from smoke.config.problems import ConfigError, Problem
from smoke.config.schedules import schedule_document
from smoke.known import known, unknown
from smoke.model import Urgency
from smoke.strict import Key


@dataclass(frozen=True, kw_only=True)
class Alerting:
    """Rules and schedules, each with the file that says so."""

    rules: Document[AlertRulesFile]
    schedule: Document[CronScheduleFile]

    @property
    def book(self) -> AlertRulesFile:
        """The rules."""
        return self.rules.content

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """What runs when."""
        return self.schedule.content.schedules


def alerting(root: Path, rules: Path | None = None) -> Alerting | None:
    """Read the rules, from the file ``rules`` where it is given; None where the project has none.

    Raises ConfigError with everything that is wrong within the two files and between them.
    """
    path = rules or root / RULES
    if rules is None and not path.exists():
        return None
    problems: list[Problem] = []
    try:
        book = document(path, root, AlertRulesFile)
    except ConfigError as error:
        problems += error.problems
    try:
        schedule = schedule_document(root)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    found = Alerting(rules=book, schedule=schedule)
    if wrong := [*_names(found), *_waking(found), *_windows(found)]:
        raise ConfigError(wrong)
    return found


def _windows(found: Alerting) -> Iterator[Problem]:
    """Yield the rules that can never hold, for there are too few runs in their window."""
    for index, rule in enumerate(found.book.rules):
        text = next(never_holds(rule, found.schedules, found.schedule.source), None)
        if text is not None:
            yield found.rules.source.problem(("rules", index, "window"), text)


def _names(found: Alerting) -> Iterator[Problem]:
    """Yield names that nothing within the file bears."""
    book, names = found.book, [rule.name for rule in found.book.rules]
    told: list[tuple[Key, str]] = [
        (("rules", index, "name"), f"{name!r} is written twice; incidents hang on it: rename one")
        for index, name in enumerate(names)
        if name in names[:index]
    ]
    told += [
        (
            ("rules", index, "escalation"),
            unknown("escalation", rule.escalation, book.escalations),
        )
        for index, rule in enumerate(book.rules)
        if rule.escalation is not None and rule.escalation not in book.escalations
    ]
    told += [
        (("escalations", name, number, "roles", position), f"no role {role!r}; {known(role, book.roles)}")
        for name, levels in book.escalations.items()
        for number, level in enumerate(levels)
        for position, role in enumerate(level.roles)
        if role not in book.roles
    ]
    told += [
        (("silences", index, "rules", position), unknown("rule", name, names))
        for index, silence in enumerate(book.silences)
        for position, name in enumerate(silence.rules)
        if name not in names
    ]
    yield from (found.rules.source.problem(key, text) for key, text in told)


def _waking(found: Alerting) -> Iterator[Problem]:
    """Yield rules that would wake people up although nothing is known of the application."""
    book = found.book
    for index, rule in enumerate(book.rules):
        levels = book.escalations.get(rule.escalation or "", ())
        blind = rule.asks.measure is Measure.INCONCLUSIVE_STREAK
        if blind and any(level.urgency is Urgency.PAGE for level in levels):
            text = "what could not be judged never pages, and this escalation does; name another one"
            yield found.rules.source.problem(("rules", index, "escalation"), text)
