"""Takes what was too slow again, and reads how fast the runner is: only where a budget of time was exceeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from smoke.calibration import Reference, both
from smoke.config.page_rules import PageRules
from smoke.model import Measurement, Unit
from smoke.pages import Visit, broken_timings
from smoke.running import reference
from smoke.running.cold_loads import Slow, Timings, cold_loads
from smoke.running.journey import Journey
from smoke.running.record import Record
from smoke.running.session import Session
from smoke.timing import Circumstances, is_beyond_ceiling, sampled


def remeasure(session: Session, record: Record, journey: Journey, visit: Visit, *, whole: bool) -> Visit:
    """Return ``visit`` with further cold loads of its slow pages; ``record`` gets those, and what the runner says.

    An attempt that is not ``whole`` has failed anyhow, and one sample beyond its ceiling says enough: nothing is
    loaded again then.
    """
    rules = session.plan.suite.about.page
    broken = list(_broken(record.measurements, visit, rules))
    if not broken or session.rehearsals is not None:
        return visit
    band_ms = Reference.PAGE.band_ms * session.band
    calm = reference.calm(session.spares, band_ms)
    if whole and not any(map(is_beyond_ceiling, broken)):
        slow = _slow(record, journey, visit, rules)
        loads = {url: cold_loads(session, journey, url, timings) for url, timings in slow.items()}
        record.measurements = [
            _with(each, slow, loads, journey.documents.get(each.name, "")) for each in record.measurements
        ]
        visit = replace(visit, pages=tuple(replace(page, loads=loads.get(page.url, ())) for page in visit.pages))
    still = any(_broken(record.measurements, visit, rules))
    record.calibration = both(calm, reference.reading(session.spares, band_ms)) if still else calm
    return visit


def circumstances(session: Session, record: Record, journey: Journey) -> Circumstances:
    """Return what the judge needs to know about an attempt that was too slow."""
    written = session.guard.writes_of(journey.check.id)
    why = f"it has written {', '.join(written)}, and is not tried again" if written else None
    return Circumstances(calibration=record.calibration, unrepeatable=why)


def _broken(measurements: list[Measurement], visit: Visit, rules: PageRules) -> Iterator[Measurement]:
    pages = (each for page in visit.pages for each in broken_timings(page, rules))
    yield from (each for each in (*measurements, *pages) if each.ok is False and each.unit is Unit.MS)


def _slow(record: Record, journey: Journey, visit: Visit, rules: PageRules) -> dict[str, dict[str, Slow]]:
    """Return by address which timings of which documents were too slow."""
    found: dict[str, dict[str, Slow]] = {}
    told = [
        (journey.documents.get(each.name, ""), each)
        for each in _broken(record.measurements, Visit(over_https=False), rules)
    ]
    told += [(page.url, each) for page in visit.pages for each in broken_timings(page, rules) if each.unit is Unit.MS]
    for url, each in told:
        if url:
            timings = found.setdefault(url, {})
            key = _timing(each)
            timings[key] = Slow.of(each).or_slower(timings.get(key))
    return found


def _with(
    each: Measurement, slow: Mapping[str, Mapping[str, Slow]], loads: Mapping[str, tuple[Timings, ...]], url: str
) -> Measurement:
    key = _timing(each)
    if each.ok is not False or key not in slow.get(url, {}):
        return each
    return sampled(each, [value for load in loads[url] if (value := load.get(key)) is not None])


def _timing(each: Measurement) -> str:
    """Return which timing of its page ``each`` is: measurements of pages end in its name."""
    return each.name.replace(" ", ".").rpartition(".")[2]
