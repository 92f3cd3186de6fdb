"""Reads from a history how a place stands in each of its regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from smoke.availability.gathering import availability
from smoke.config.cron_schedule import Schedule
from smoke.history.facts import CheckFact, RunFact
from smoke.model import Check, Outcome, Place
from smoke.spans import A_DAY
from smoke.status.sources import Sources
from smoke.status.standing import Age, Latest, RegionNow, region_now
from smoke.timeline.states import holds

LOOKED_BACK = 7 * A_DAY
"""How far back it is told since when a region is in its state."""


def regions_of(
    sources: Sources, place: Place, schedules: Sequence[Schedule], planned: Mapping[str, Check]
) -> Iterator[RegionNow]:
    """Yield the scheduled regions that were ever heard of; all of them, where none was."""
    scheduled = dict.fromkeys(region for each in schedules for region in each.regions)
    found = [_region(sources, place, schedules, region, planned) for region in scheduled]
    yield from [each for each in found if each.ended is not None] or found


def _region(
    sources: Sources, place: Place, schedules: Sequence[Schedule], region: str, planned: Mapping[str, Check]
) -> RegionNow:
    own = [replace(each, regions=(region,), down_regions=None) for each in schedules if region in each.regions]
    alone = replace(sources.expected, schedules=tuple(own))
    since = sources.now - LOOKED_BACK
    points = sorted({each.point for each in own})
    lasts = max(holds(each.pace) for each in own)
    ended = sources.reader.last_end(*place, region=region, points=points, before=sources.now)
    newest = () if ended is None else _counted(sources, place, region, points, ended - lasts)
    return region_now(
        region,
        availability(sources.store, alone, place, since, sources.now).spans,
        since=since,
        ended=ended,
        took_s=newest[-1].finished - newest[-1].started if newest else None,
        lasts=lasts,
        checks=tuple(_latest(sources, place, region, newest, planned, lasts)) if newest else (),
    )


def _counted(sources: Sources, place: Place, region: str, points: Sequence[str], since: float) -> tuple[RunFact, ...]:
    """Return the runs of a region that finished at ``since`` or later and count, the newest last."""
    return tuple(
        run
        for run in sources.reader.runs(*place, since, sources.now)
        if run.region == region and run.execution_point in points
    )


def _latest(
    sources: Sources, place: Place, region: str, newest: Sequence[RunFact], planned: Mapping[str, Check], lasts: float
) -> Iterator[Latest]:
    """Yield the latest outcome of each check that is planned, or that the ``newest`` runs had."""
    ids = {run.run_id for run in newest}
    found = sources.reader.checks(*place, newest[0].finished, sources.now)
    seen = {each.check_id: each for each in found if each.run_id in ids}
    for check_id, check in planned.items():
        yield _judged(seen.get(check_id) or _before(sources, place, region, check), check, sources.now - lasts)
    for check_id in sorted(seen.keys() - planned.keys()):
        yield _judged(seen[check_id], None, sources.now - lasts)


def _before(sources: Sources, place: Place, region: str, check: Check) -> CheckFact | Check:
    """Return the latest of a check that the newest runs left out; the check itself where it never ran."""
    known = sources.reader.checks(*place, sources.since, sources.now, check.id)
    return next((each for each in reversed(known) if each.region == region), check)


def _judged(seen: CheckFact | Check, check: Check | None, stands_from: float) -> Latest:
    required = check is not None and check.critical
    if not isinstance(seen, CheckFact):
        return Latest(check_id=seen.id, required=required, age=Age.NEVER, outcome=Outcome.NOT_RUN)
    return Latest(
        check_id=seen.check_id,
        required=required,
        age=Age.FRESH if seen.at > stands_from else Age.OLD,
        outcome=seen.outcome,
        blame=seen.blame,
        at=seen.at,
    )
