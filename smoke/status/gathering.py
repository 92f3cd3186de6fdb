"""Reads from a history, the configuration and the last drills what the status page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from smoke.availability.gathering import availability
from smoke.bundle.bad import LIST
from smoke.config.cron_schedule import Schedule
from smoke.config.load import load
from smoke.config.suite import Suite
from smoke.history.rows import PastRun
from smoke.history.runs import History
from smoke.model import Check, Outcome, Place
from smoke.observation import Unit
from smoke.planning.plan import Selection, plan
from smoke.proof.matrix import Matrix, Result
from smoke.proof.writing import last_proof
from smoke.status.charts import Series, is_drawn
from smoke.status.days import days_of
from smoke.status.page import WINDOWS, Board, Elsewhere, PlaceNow, Proof, Row
from smoke.status.regions import regions_of
from smoke.status.sources import Sources
from smoke.status.standing import Age, Latest, RegionNow, standing
from smoke.timeline.states import needed_of

NEWEST_RUNS = 8
"""Runs that tell what is measured: those of several regions, and of checks that were left out of one."""


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
    regions = tuple(regions_of(sources, place, schedules, planned))
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
    for measured, (unit, budget) in _measured(History(sources.store).recent(*place, NEWEST_RUNS)).items():
        days = sources.reader.percentiles(*place, sources.since, sources.now, name=measured)
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
    for place in sources.reader.places():
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
