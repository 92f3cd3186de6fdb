"""From settings to a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from smoke.config.load import load
from smoke.config.problems import ConfigError
from smoke.model import covers
from smoke.planning.plan import Plan, Selection, plan
from smoke.planning.sharding import shares
from smoke.running.scheduled import DESK, Aim, schedules_for
from smoke.settings import Settings


def plan_of(settings: Settings) -> Plan:
    """Read the configuration and plan the run that ``settings`` ask for; raises ConfigError.

    One that sees less than the schedule wants is a run of the desk, on the terms of its point: it could not tell that
    the whole is well, so no rule, no availability and no dead-man switch may take it for the schedule's.
    """
    suite = load(settings.root, settings.suite)
    selection = Selection(checks=settings.check, categories=settings.category)
    planned = plan(suite, settings.point, settings.env, selection)
    return replace(planned, point_name=DESK) if _sees_too_little(planned, selection, settings) else planned


def share_of(planned: Plan, settings: Settings) -> Plan:
    """Return the part of ``planned`` that a shard runs, all of it where ``settings`` name none; raises ConfigError.

    What checks took is read up to the last midnight (UTC), so that shards that start one after the other, while runs
    end and are recorded, still share out the same way.
    """
    if (shard := settings.shard) is None:
        return planned
    after = {probe.id: probe.after for probe in planned.suite.probes}
    try:
        given = shares(planned.checks, after, _took(planned, settings), shard.count)
    except ValueError as error:
        raise ConfigError.of_option("--shard", str(error)) from None
    return replace(planned, checks=given[shard.index - 1], whole=planned.checks)


def _took(planned: Plan, settings: Settings) -> dict[str, float]:
    from smoke.history.errors import HistoryError
    from smoke.history.opening import history_store
    from smoke.history.runs import History

    midnight = datetime.combine(datetime.now(UTC), time(), UTC).timestamp()
    try:
        return History(history_store(settings)).durations(planned.suite.name, planned.environment_name, midnight)
    except HistoryError:  # said by the run
        return {}


def _sees_too_little(planned: Plan, selection: Selection, settings: Settings) -> bool:
    if selection == Selection():
        return False
    schedules = schedules_for(Aim.of(planned), settings.root, lambda _: None)  # the run says what is wrong with them
    return bool(schedules) and not any(_covers(selection, each.checks) for each in schedules)


def _covers(selection: Selection, wanted: tuple[str, ...]) -> bool:
    return bool(wanted and not selection.categories) and all(
        any(covers(given, each) for given in selection.checks) for each in wanted
    )
