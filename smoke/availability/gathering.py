"""Reads from a history what an availability is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smoke import spans
from smoke.alerts.checking import incidents
from smoke.availability.figures import Availability
from smoke.availability.judging import judge, reach
from smoke.config.alerts.alerting import Alerting, alerting
from smoke.config.alerts.rule_file import Maintenance
from smoke.config.cron_schedule import Schedule
from smoke.config.paths import SCHEDULE
from smoke.config.problems import ConfigError, Problem
from smoke.config.schedules import schedules_of
from smoke.history.reader import Reader
from smoke.history.timetable import Timetable
from smoke.model import Place
from smoke.storage.store import Store
from smoke.timeline.quiet import under_maintenance

NOT_SCHEDULED = "nothing says how often {} is looked at: add a schedule with suite, environment and cron"


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a project says of when it is looked at, when it may be down, and how fast it must be up again."""

    schedules: tuple[Schedule, ...]
    alerts: Alerting | None

    @classmethod
    def of(cls, root: Path) -> Expectations:
        """Read them; raises ConfigError."""
        alerts = alerting(root)
        return cls(alerts.schedules if alerts else schedules_of(root), alerts)

    @property
    def places(self) -> tuple[Place, ...]:
        """What is scheduled, in the order of the file."""
        return tuple(dict.fromkeys((each.suite, each.environment) for each in self.schedules))

    def chosen(self, suite: str | None, environment: str | None) -> tuple[Place, ...]:
        """Return the scheduled places of a suite and an environment, None for any; raises ConfigError for none."""
        found = tuple(place for place in self.places if suite in {None, place[0]} and environment in {None, place[1]})
        if not found:
            where = " in ".join(each for each in (suite or "anything", environment) if each)
            raise ConfigError([Problem(SCHEDULE, 0, "schedules", NOT_SCHEDULED.format(where))])
        return found

    def of_place(self, place: Place) -> Sequence[Schedule]:
        """Return the schedules of ``place``."""
        return [each for each in self.schedules if (each.suite, each.environment) == place]

    @property
    def maintenance(self) -> tuple[Maintenance, ...]:
        """When it may be down."""
        return self.alerts.book.maintenance if self.alerts else ()


def availability(store: Store, expected: Expectations, place: Place, since: float, until: float) -> Availability:
    """Return how a suite's environment was between two moments, in seconds since the epoch; raises HistoryError."""
    schedules = expected.of_place(place)
    early = since - reach(schedules)
    grades = expected.alerts.book.severities.items() if expected.alerts else ()
    ledger = Timetable(store).slots(*place, since, until)
    return judge(
        *place,
        schedules,
        Reader(store).runs(*place, early, until),
        since=since,
        until=until,
        starts=[(slot.region, slot.started) for slot in ledger if slot.started is not None],
        quiet=under_maintenance(expected.maintenance, *place, early, until),
        incidents=[
            each for each in incidents(store, since, until) if (each.subject.suite, each.subject.environment) == place
        ],
        targets={severity: spans.seconds(grade.target) for severity, grade in grades},
    )
