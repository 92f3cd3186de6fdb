"""From facts, schedule and maintenance to the figures of an availability. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence

from smoke.alerts.incident import Incident
from smoke.availability.figures import Availability, Recovery
from smoke.availability.ledger import kept_to
from smoke.config.cron_schedule import Schedule
from smoke.history.facts import RunFact
from smoke.model import Severity
from smoke.timeline.quiet import Period
from smoke.timeline.states import Word, holds, needed_of, state_of, timeline
from smoke.timeline.times import times_of

NO_TARGETS: Mapping[Severity, float] = {}


def judge(
    suite: str,
    environment: str,
    schedules: Sequence[Schedule],
    runs: Iterable[RunFact],
    *,
    since: float,
    until: float,
    starts: Iterable[tuple[str, float]] = (),
    quiet: Sequence[Period] = (),
    incidents: Sequence[Incident] = (),
    targets: Mapping[Severity, float] = NO_TARGETS,
) -> Availability:
    """Return how a suite's environment was between ``since`` and ``until``.

    ``schedules`` are its own, at least one; ``runs`` those that may speak for that time (see ``reach``), in any order
    and repeated at will; ``starts`` what else is known to have begun, each with its region; ``targets`` the MTTR of
    each severity, in seconds.
    """
    points = {each.point for each in schedules}
    counted = [run for run in runs if run.execution_point in points and run.finished <= until]
    begun = {*starts, *((run.region, run.started) for run in counted)}
    scheduled = dict.fromkeys(region for each in schedules for region in each.regions)
    heard = {region for region, _ in begun}
    regions = tuple(region for region in scheduled if region in heard) or tuple(scheduled)
    needed = needed_of(schedules, regions)
    words = _words(counted, schedules, quiet)
    spans = timeline(words, regions, quiet, since=since, until=until, needed=needed)
    return Availability(
        suite=suite,
        environment=environment,
        since=since,
        until=until,
        regions=regions,
        silent=tuple(region for region in scheduled if region not in heard),
        needed=needed,
        spans=spans,
        times=times_of(spans),
        slots=kept_to(schedules, regions, begun, since, until),
        recoveries=tuple(_recoveries(incidents, since, until, targets)),
        incidents=tuple(incidents),
    )


def reach(schedules: Iterable[Schedule]) -> float:
    """Return how many seconds before a stretch of time a run may have ended that still speaks for it."""
    return max((holds(each.pace) for each in schedules), default=0.0)


def _words(runs: Iterable[RunFact], schedules: Sequence[Schedule], quiet: Sequence[Period]) -> Iterator[Word]:
    """Yield what each run said; one that touched maintenance says nothing."""
    lasting = {
        (each.point, region): holds(each.pace)
        for each in sorted(schedules, key=lambda each: each.pace)
        for region in each.regions
    }
    for run in runs:
        lasts = lasting.get((run.execution_point, run.region))
        if lasts is not None and not any(period.holds(run.started, run.finished) for period in quiet):
            yield Word(run.finished, run.region, state_of(run.verdict), run.finished + lasts)


def _recoveries(
    incidents: Iterable[Incident], since: float, until: float, targets: Mapping[Severity, float]
) -> Iterator[Recovery]:
    found = list(incidents)
    for severity in Severity:
        mine = [each for each in found if each.severity is severity]
        detected = [each.detect_s for each in mine if each.opened >= since]
        recovered = [
            each.recover_s for each in mine if each.recover_s is not None and since <= (each.closed or since) < until
        ]
        if mine:
            yield Recovery(
                severity=severity,
                incidents=len(mine),
                open=sum(1 for each in mine if each.closed is None or each.closed >= until),
                detect=statistics.fmean(detected) if detected else None,
                recover=statistics.fmean(recovered) if recovered else None,
                target=targets.get(severity),
            )
