"""Reads from a history, the configuration and the last drills what the status page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from smoke.availability.gathering import Expectations, availability
from smoke.bundle.bad import LIST
from smoke.config.cron_schedule import Schedule
from smoke.config.load import load
from smoke.config.suite import Suite
from smoke.history.facts import CheckFact, RunFact
from smoke.history.reader import Reader
from smoke.history.rows import PastRun
from smoke.history.runs import History
from smoke.model import Check, Outcome, Place
from smoke.observation import Unit
from smoke.planning.plan import Selection, plan
from smoke.proof.matrix import Matrix, Result
from smoke.proof.writing import last_proof
from smoke.spans import A_DAY
from smoke.status.charts import Series, is_drawn
from smoke.status.days import days_of
from smoke.status.page import WINDOWS, Board, Elsewhere, PlaceNow, Proof, Row
from smoke.status.standing import Age, Latest, RegionNow, region_now, standing
from smoke.storage.store import Store
from smoke.timeline.states import holds, needed_of

LOOKED_BACK = 7 * A_DAY
"""How far back it is told since when a region is in its state."""
NEWEST_RUNS = 8
"""Runs that tell what is measured: those of several regions, and of checks that were left out of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the page comes from."""

    store: Store
    expected: Expectations
    root: Path
    reports: Path
    now: float
    """Seconds since the epoch."""

    @property
    def since(self) -> float:
        """When the longest window begins: at midnight, so that each bar stands for a whole day."""
        return self.now - max(WINDOWS.values())


def board(sources: Sources) -> Board:
    """Return what there is to show; raises HistoryError, and ConfigError where a scheduled suite cannot be read."""
    places = sources.expected.places
    suites = {name: load(sources.root, name) for name in dict.fromkeys(suite for suite, _ in places)}
    return Board(
        at=sources.now,
        places=tuple(_place(sources, suites[place[0]], place) for place in places),
        elsewhere=tuple(_elsewhere(sources, set(places))),
        proofs=dict(_proofs(suites, sources.reports)),
        failures=f"../{LIST}" if (sources.reports / LIST).is_file() else "",
    )


def _place(sources: Sources, suite: Suite, place: Place) -> PlaceNow:
    schedules = sources.expected.of_place(place)
    windows = tuple(
        availability(sources.store, sources.expected, place, sources.now - span, sources.now)
        for span in WINDOWS.values()
    )
    longest = windows[-1]
    planned = _planned(suite, place[1], schedules)
    regions = tuple(_regions(sources, place, schedules, planned))
    whole = longest.spans[-1]
    needed = needed_of(schedules, [each.region for each in regions])
    return PlaceNow(
        suite=place[0],
        title=suite.about.title,
        environment=place[1],
        schedule="; ".join(f"{each.cron} {each.time_zone}" for each in schedules),
        standing=standing(whole, whole.since if whole.since > longest.since else None, regions, needed, sources.now),
        regions=regions,
        windows=windows,
        days=tuple(days_of(longest.spans, longest.since, longest.until)),
        series=tuple(_series(sources, place)),
        rows=tuple(_rows(planned, regions)),
    )


def _planned(suite: Suite, environment: str, schedules: Sequence[Schedule]) -> Mapping[str, Check]:
    points = dict.fromkeys(each.point for each in schedules)
    return {check.id: check for point in points for check in plan(suite, point, environment, Selection()).checks}


def _regions(
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
    ended = Reader(sources.store).last_end(*place, region=region, points=points, before=sources.now)
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
        for run in Reader(sources.store).runs(*place, since, sources.now)
        if run.region == region and run.execution_point in points
    )


def _latest(
    sources: Sources, place: Place, region: str, newest: Sequence[RunFact], planned: Mapping[str, Check], lasts: float
) -> Iterator[Latest]:
    """Yield the latest outcome of each check that is planned, or that the ``newest`` runs had."""
    ids = {run.run_id for run in newest}
    found = Reader(sources.store).checks(*place, newest[0].finished, sources.now)
    seen = {each.check_id: each for each in found if each.run_id in ids}
    for check_id, check in planned.items():
        yield _judged(seen.get(check_id) or _before(sources, place, region, check), check, sources.now - lasts)
    for check_id in sorted(seen.keys() - planned.keys()):
        yield _judged(seen[check_id], None, sources.now - lasts)


def _before(sources: Sources, place: Place, region: str, check: Check) -> CheckFact | Check:
    """Return the latest of a check that the newest runs left out; the check itself where it never ran."""
    known = Reader(sources.store).checks(*place, sources.since, sources.now, check.id)
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


def _rows(planned: Mapping[str, Check], regions: Sequence[RegionNow]) -> Iterator[Row]:
    found: dict[str, dict[str, Latest]] = {}
    for region in regions:
        for each in region.checks:
            found.setdefault(each.check_id, {})[region.region] = each
    for check_id, by_region in found.items():
        check = planned.get(check_id)
        missing = Latest(check_id=check_id, required=False, age=Age.NEVER, outcome=Outcome.NOT_RUN)
        yield Row(
            check_id=check_id,
            title=check.title if check else "",
            required=check is not None and check.critical,
            latest=tuple(by_region.get(region.region, missing) for region in regions),
        )


def _series(sources: Sources, place: Place) -> Iterator[Series]:
    reader = Reader(sources.store)
    for measured, (unit, budget) in _measured(History(sources.store).recent(*place, NEWEST_RUNS)).items():
        days = reader.percentiles(*place, sources.since, sources.now, name=measured)
        if days:
            first, last = _day(sources.since), _day(sources.now)
            yield Series(name=measured, unit=unit, budget=budget, first=first, last=last, days=days)


def _measured(runs: Sequence[PastRun]) -> Mapping[str, tuple[Unit, float | None]]:
    """Return what is worth a drawing, by name: unit and budget as the newest of ``runs`` have them."""
    found: dict[str, tuple[Unit, float | None]] = {}
    for run in runs:
        for check in run.checks:
            for each in check.measurements:
                if is_drawn(each.name, each.unit, each.budget):
                    found.setdefault(each.name, (each.unit, each.budget))
    return found


def _elsewhere(sources: Sources, scheduled: set[Place]) -> Iterator[Elsewhere]:
    for place in Reader(sources.store).places():
        newest = History(sources.store).recent(*place, 1) if place not in scheduled else ()
        for run in newest:
            yield Elsewhere(
                suite=run.suite,
                environment=run.environment,
                point=run.execution_point,
                region=run.region,
                verdict=run.verdict,
                reason=run.reason,
                finished=run.finished,
            )


def _proofs(suites: Mapping[str, Suite], reports: Path) -> Iterator[tuple[str, Proof]]:
    for name, suite in suites.items():
        if (matrix := last_proof(name, reports)) is not None:
            yield name, _proof(matrix, suite)


def _proof(matrix: Matrix, suite: Suite) -> Proof:
    return Proof(
        environment=matrix.environment,
        rate=matrix.detection_rate,
        tried=len(matrix.cases) - matrix.count(Result.UNPROVED),
        survived=matrix.count(Result.SURVIVED),
        unproven=matrix.unproven,
        finished=matrix.finished,
        is_current=matrix.config_sha256 == suite.sha256,
    )


def _day(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()
